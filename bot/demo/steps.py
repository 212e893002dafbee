"""How a step of the demo's story is written: what people do, what somebody must see then (see simulator/story.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

YES = ["是，是我", "Yes, that is me"]
AGREE = ["同意", "I agree"]


def step(zh: str, en: str, *acts: dict[str, Any], wait: tuple[int, list[str]] | None = None) -> dict[str, Any]:
    """A step: what the page says about it, what is done, and who must see one of which texts before it is done."""
    return {
        "zh": zh,
        "en": en,
        "acts": list(acts),
        "wait": {"person": wait[0], "contains": wait[1]} if wait else None,
    }


def act(person: int, do: str, **values: Any) -> dict[str, Any]:
    """Something that somebody does."""
    return {"person": person, "do": do, **values}


def press(person: int, names: list[str]) -> dict[str, Any]:
    """Presses the newest button of one of these names."""
    return act(person, "press", last_with_button=names)


def clock(until: datetime) -> dict[str, Any]:
    """The school's clock goes ahead to that moment, never back."""
    return {"do": "clock", "until": until.timestamp()}


PAUSE = {"do": "pause", "seconds": 2}
"""Nobody says anything at that time: the bot, which follows the page's clock, is given a moment to do so."""


def see(person: int, text: str) -> dict[str, Any]:
    """Waits until somebody sees that text."""
    return act(person, "see", contains=[text])
