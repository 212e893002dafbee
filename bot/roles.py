"""What a process does: all of it, or one of the three parts that can be several processes on PostgreSQL."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A process's part (`python -m bot run --role`)."""

    ALL = "all"
    INTAKE = "intake"
    """Receives: one at a time for each bot."""
    WORKER = "worker"
    """Handles what was received, and keeps time: any number at once; one of them at a time asks what is due."""
    DELIVERY = "delivery"
    """Sends: one at a time for each bot."""

    @property
    def receives(self) -> bool:
        """Whether it takes updates from Telegram."""
        return self in (Role.ALL, Role.INTAKE)

    @property
    def handles(self) -> bool:
        """Whether it handles updates and asks what is due."""
        return self in (Role.ALL, Role.WORKER)

    @property
    def sends(self) -> bool:
        """Whether it calls Telegram with what waits."""
        return self in (Role.ALL, Role.DELIVERY)
