"""What the demo's page shows: the phones, and the story where everybody is still to join."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.demo import joining, notice, parent_class, practice, visit
from bot.demo.parent_class import Class
from bot.demo.people import CAST, TITLE


def scene(username: str, invites: dict[int, list[str]], visit_at: datetime, class_: Class | None) -> dict[str, Any]:
    """What the page shows. `visit_at`: when the story's visit will be; `class_`: its parent class, if there is one."""
    last = visit_at + timedelta(days=4) if class_ is None else class_.questions_at
    told = all(invites[one.id] for one in CAST)
    return {
        "title": TITLE,
        "people": [
            {
                "id": one.id,
                "first_name": one.name,
                "language_code": one.language,
                "role": one.role,
                "hint": one.hint,
                "invite": f"https://t.me/{username}?start={invites[one.id][0]}" if invites[one.id] else None,
            }
            for one in CAST
        ],
        "story": [
            *joining.story(invites),
            *visit.story(visit_at),
            *parent_class.story(class_),
            *notice.story(last),
            *practice.story(last),
        ]
        if told
        else [],
    }
