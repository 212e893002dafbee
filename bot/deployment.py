"""What all bots of one process share, and what a bot's settings mean to those who use them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.config import Settings
from bot.database import Database
from bot.http_client import AiohttpRequest
from bot.lease import Leases
from bot.limiter import REACHED, Limits
from bot.roles import Role
from handlers.context import SchoolSettings
from models.unit import Queued
from models.vault import Vault


@dataclass(frozen=True)
class Deployment:
    """The process: one database with one writer, one pool of connections to Telegram, one clock."""

    database: Database
    vault: Vault
    clock: Clock
    role: Role
    leases: Leases
    request: AiohttpRequest
    polling_request: AiohttpRequest
    push: Callable[[Sequence[Queued]], None]
    """Hands what was just committed to the senders of its bots, where they are in this process."""
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def wakes(self) -> bool:
        """Whether others are woken through the database: where it can, and they are not in this process."""
        return self.role is not Role.ALL and not self.database.is_sqlite

    async def pause(self, seconds: float) -> None:
        """Waits, but not beyond the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.ending.wait()


def limits_of(config: Settings) -> Limits:
    """How fast a bot may send; what is paid for may need more calls at once than what is free."""
    keys = config.limits
    return Limits(
        bulk_per_second=keys.bulk_per_second,
        chat_per_second=keys.chat_per_second,
        chat_burst=keys.chat_burst,
        in_flight=max(keys.in_flight, keys.paid_per_second // 2),
        paid_per_second=keys.paid_per_second,
        people_count=keys.people_count,
    )


def school_settings(config: Settings, username: str, *, alone: bool) -> SchoolSettings:
    """A bot's settings as far as people hear of them; `alone`: it is the deployment's only bot."""
    school, hours, urgent = config.school, config.hours, config.urgent
    return SchoolSettings(
        name=school.name,
        alone=alone,
        help_phone=school.phone,
        responsible=school.notice_operator,
        invite_days=school.invite_days,
        bot_username=username,
        zone=school.zone,
        keep_hours=hours.keep,
        person_per_minute=config.limits.person_per_minute,
        answer_days=hours.answer_days,
        urgent_path=urgent.path,
        urgent_minutes=urgent.minutes,
        duty_phone=urgent.duty_phone,
        levels=config.team.levels,
        visits=config.visits.rules(),
        events=config.events.rules(),
        notices=config.notices.rules(),
        retention=config.retention.rules(),
        bulk_per_second=config.limits.bulk_per_second * REACHED,
        paid_per_second=config.limits.paid_per_second,
        public_url=config.web.public_url,
    )
