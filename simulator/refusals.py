"""How this Telegram says no: HTTP status, its own words, and what a client may read from it."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A call that is refused. `parameters` are ResponseParameters, such as retry_after in seconds."""

    def __init__(self, status: int, text: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.parameters = status, text, parameters

    def content(self) -> dict[str, Any]:
        """The body of the answer."""
        found: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.text}
        if self.parameters:
            found["parameters"] = self.parameters
        return found


def bad(text: str) -> Refused:
    """400, with Telegram's prefix."""
    return Refused(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refused:
    """403, with Telegram's prefix."""
    return Refused(403, f"Forbidden: {text}")


def flood(seconds: int) -> Refused:
    """429: so many whole seconds to wait."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
