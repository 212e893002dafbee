"""Makes the copies that people asked for (handlers/rights/export.py): read beside the writer, so that nobody waits for one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.database import DatabaseGone
from bot.deployment import Deployment
from bot.logs import get_logger
from handlers.context import SchoolSettings
from handlers.rights import export
from models.unit import Unit

log = get_logger("copies")


async def make_next(
    deployment: Deployment,
    bot_id: int,
    school: SchoolSettings,
    in_unit: Callable[[Callable[[Unit], object]], Awaitable[None]],
) -> bool:
    """Makes the next copy of a bot's people and hands it out. True where there may be another."""
    now = deployment.clock.now()

    def unit_of(connection: Connection) -> Unit:
        return Unit(connection, deployment.vault, now)

    wanted = await deployment.database.read(lambda connection: export.wanted(unit_of(connection), bot_id))
    if wanted is None:
        return False
    try:
        made = await deployment.database.read(lambda connection: export.make(unit_of(connection), wanted, school))
    except DatabaseGone:
        raise
    except Exception:
        log.error("a copy of somebody's data could not be made, it is tried again", copy=wanted.id, exc_info=True)
        await in_unit(lambda unit: export.not_made(unit, wanted))
        return False
    day = f"{now.astimezone(ZoneInfo(school.zone)):%Y-%m-%d}"
    await in_unit(lambda unit: export.hand_out(unit, made, day))
    return not deployment.ending.is_set()
