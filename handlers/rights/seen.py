"""Who looked at my child's data: who, when, what, why."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.rights import home
from handlers.texts import Block, catalogue, moment, words
from models.base import from_ms
from models.rights import seen
from models.rights.seen import PAGE, Look


def show(context: Context, pupil_id: int, page: int) -> None:
    """A page, the newest first; of which child is asked where there are several."""
    children = context.who.children
    line = next((one for one in children if one.pupil_id == pupil_id), children[0] if len(children) == 1 else None)
    context.toast()
    if line is None:
        rows = [[context.named(one.pupil_name, "rseen", one.pupil_id, 0)] for one in children]
        context.change("seen.whose" if rows else "mydata.not_yours", buttons=[*rows, home.back(context)])
        return
    found = seen.looks(context.unit, line.guardian_id, line.pupil_id, page=page)
    turn = []
    if page:
        turn.append(context.button("button.newer", "rseen", line.pupil_id, page - 1))
    if len(found) > PAGE:
        turn.append(context.button("button.older", "rseen", line.pupil_id, page + 1))
    context.change(
        "seen.list" if found else "seen.nobody",
        child=line.pupil_name,
        lines=Block("\n".join(one_line(context.language, context.school.zone, one) for one in found[:PAGE])),
        buttons=[turn, home.back(context)],
    )


def one_line(language: str, zone: str, one: Look, when: str = "") -> str:
    """One look in words; whatever is not known by its word is 'something else of the record'. `when`: said another way."""
    texts = catalogue(language)
    what = texts.get(f"access.{one.what}") or texts["access.other"]
    role = texts[f"seen.role_{one.role}"]
    values = {"when": when or moment(language, from_ms(one.at), zone), "what": what, "role": role}
    if one.reason:
        return words(language, "seen.row_reason", name=one.name or role, reason=one.reason, **values)
    return words(language, "seen.row", name=one.name or role, **values)


PRESSES: dict[str, Press] = {"rseen": Press(show, (int, int))}
