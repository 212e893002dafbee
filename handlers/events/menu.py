"""The commands, buttons and typed texts of events, gathered for bot/menu.py and handlers/asked.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import CommandHandler, Context, Press, joined
from handlers.events import (
    change,
    change_time,
    counts,
    counts_files,
    create,
    given,
    home,
    lead,
    lead_after,
    lead_notes,
    lead_questions,
    load,
    offer_answers,
    offers,
    opinion,
    present,
    reply,
    rota,
    size,
    team_rota,
    team_rota_change,
    topic,
    wishes,
)
from handlers.incoming import Wrote
from models.duties.forms import Asked

COMMANDS: dict[str, CommandHandler] = joined(home.COMMANDS)
PRESSES: dict[str, Press] = joined(
    home.PRESSES,
    reply.PRESSES,
    present.PRESSES,
    opinion.PRESSES,
    counts.PRESSES,
    counts_files.PRESSES,
    offers.PRESSES,
    offer_answers.PRESSES,
    rota.PRESSES,
    team_rota.PRESSES,
    team_rota_change.PRESSES,
    given.PRESSES,
    wishes.PRESSES,
    lead.PRESSES,
    lead_after.PRESSES,
    lead_notes.PRESSES,
    lead_questions.PRESSES,
    change.PRESSES,
    change_time.PRESSES,
    size.PRESSES,
    topic.PRESSES,
    create.PRESSES,
    load.PRESSES,
)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(
    reply.TEXTS,
    offers.TEXTS,
    team_rota_change.TEXTS,
    lead_after.TEXTS,
    lead_notes.TEXTS,
    lead_questions.TEXTS,
    change.TEXTS,
    change_time.TEXTS,
    size.TEXTS,
    topic.TEXTS,
    create.TEXTS,
)
home.MORE.append(offers.rows)
home.MORE += [team_rota.home_rows, wishes.home_rows, rota.home_rows]
home.MORE.append(create.home_rows)
lead.MORE.append(create.lead_rows)
home.MORE.append(load.rows)
