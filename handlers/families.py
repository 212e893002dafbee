"""/families: the mentor's pupils and who of their families has joined."""

from __future__ import annotations

from handlers.city import again
from handlers.context import Context
from handlers.copies import relation_word
from handlers.incoming import Commanded
from handlers.texts import Block
from models.standing import families


def list_families(context: Context, _event: Commanded | None = None) -> None:
    """/families: the mentor's pupils and who of their families has joined."""
    own = sorted(families(context.unit, context.who), key=lambda one: (one.school_class, one.pupil_name))
    if not own:
        context.say("families.none")
        return
    lines: list[str] = []
    last = 0
    for line in own:
        if line.pupil_id != last:
            lines.append(context.words("families.pupil", child=line.pupil_name, group=line.school_class))
            last = line.pupil_id
        lines.append(
            context.words(
                "families.joined" if line.confirmed else "families.not_joined",
                relation=relation_word(context.language, line.relation),
            )
        )
    joined = sum(1 for line in own if line.confirmed)
    for start in range(0, len(lines), 60):
        context.say(
            "families.list" if start == 0 else "families.more",
            buttons=[again.own_button(context)] if start + 60 >= len(lines) else [],
            joined=joined,
            all=len(own),
            lines=Block("\n".join(lines[start : start + 60])),
        )
