"""How alembic reaches the tables: the caller gives a connection that is in a transaction."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import models.appointments.tables
import models.checklist.tables
import models.city.tables
import models.directory.tables
import models.duties.tables
import models.events.tables
import models.evidence.tables
import models.matching.tables
import models.notices.tables
import models.people
import models.pupil_file.tables
import models.queues
import models.rights.tables
import models.safeguarding.tables
import models.team.tables
import models.terms
import models.threads
import models.training.tables  # noqa: F401 - imported so that their tables are known

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
