"""Which classes, grades, schools, or whose event: lists to tick, page by page."""

from __future__ import annotations

from collections.abc import Iterable

from handlers import say
from handlers.context import Context, Press
from handlers.notices import aim
from handlers.notices.compose_draft import event_title, holds, mine
from models.notices import aims, notices
from models.notices.audience import Audience
from models.notices.states import Level
from models.notices.tables import Notice

PAGE = 12


def _page(number: int, count: int) -> int:
    return min(max(number, 0), max((count - 1) // PAGE, 0))


def _turn(context: Context, action: str, row: int, page: int, count: int, *more: int) -> list[say.Button]:
    turn = [context.button("button.earlier", action, row, *more, page - 1)] if page else []
    if (page + 1) * PAGE < count:
        turn.append(context.button("button.more", action, row, *more, page + 1))
    return turn


def _back(context: Context, notice: Notice) -> list[list[say.Button]]:
    rows = [[context.button("button.nw_back_aim", "nwaim", notice.id)]]
    if aim.is_whole(context, notice):
        rows.insert(0, [context.button("button.nw_next", "nwask", notice.id)])
    return rows


def _shown(context: Context, notice: Notice, key: str, buttons: list[say.Button], turn: list[say.Button]) -> None:
    holds(context, notice)
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    values = {"where": aim.where(context, notice), "size": aim.count(context, notice)}
    context.change(key, buttons=[*rows, turn, *_back(context, notice)], **values)


def _ticked(known: tuple[int, ...], keys: Iterable[int]) -> tuple[int, ...]:
    some = list(keys)
    if set(some) <= set(known):
        return tuple(one for one in known if one not in some)
    return tuple(dict.fromkeys([*known, *some]))


def _tick(text: str, on: bool) -> str:
    return f"✓ {text}" if on else text


def classes(context: Context, notice_id: int, class_id: int, page: int) -> None:
    """Classes of one's own, several if wanted; `class_id` is ticked or not any more, 0 for none."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    known = aims.classes(context.unit, notice, whom)
    if class_id:
        if class_id not in {one.id for one in known}:
            context.toast("help.button_gone", alert=True)
            return
        whom = whom.with_(classes=_ticked(whom.classes, [class_id]))
        notices.aim(context.unit, notice, whom)
    context.toast()
    page = _page(page, len(known))
    buttons = [
        context.named(_tick(one.label, one.id in whom.classes), "naclass", notice.id, one.id, page)
        for one in known[page * PAGE : (page + 1) * PAGE]
    ]
    _shown(context, notice, "naim.classes", buttons, _turn(context, "naclass", notice.id, page, len(known), 0))


def grades(context: Context, notice_id: int, class_id: int) -> None:
    """Grades, several if wanted: all classes of the one to which `class_id` belongs are ticked or not any more."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    known = aims.grades(aims.classes(context.unit, notice, whom))
    if class_id:
        ids = next((ids for _, ids in known if class_id in ids), None)
        if ids is None or notice.level != Level.SCHOOL:
            context.toast("help.button_gone", alert=True)
            return
        whom = whom.with_(classes=_ticked(whom.classes, ids))
        notices.aim(context.unit, notice, whom)
    context.toast()
    ticked = set(whom.classes)
    buttons = [
        context.named(_tick(first.grade, set(ids) <= ticked), "nagrade", notice.id, first.id) for first, ids in known
    ]
    _shown(context, notice, "naim.grades", buttons, [])


def schools(context: Context, notice_id: int, school_id: int, page: int) -> None:
    """Schools, several if wanted; for the centre alone."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    known = aims.schools(context.unit)
    if notice.level != Level.CENTRE or (school_id and school_id not in dict(known)):
        context.toast("help.button_gone", alert=True)
        return
    if school_id:
        whom = whom.with_(schools=_ticked(whom.schools, [school_id]))
        notices.aim(context.unit, notice, whom)
    context.toast()
    page = _page(page, len(known))
    buttons = [
        context.named(_tick(name, key in whom.schools), "naschool", notice.id, key, page)
        for key, name in known[page * PAGE : (page + 1) * PAGE]
    ]
    _shown(context, notice, "naim.schools", buttons, _turn(context, "naschool", notice.id, page, len(known), 0))


def events(context: Context, notice_id: int) -> None:
    """Those who have signed up for which event?"""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    context.toast()
    holds(context, notice)
    found = aims.events_of(context.unit, notice, whom, ahead=False)
    rows = [
        [context.named(_tick(event_title(context, one.id), one.id == whom.event), "naeventy", notice.id, one.id)]
        for one in found
    ]
    if whom.event is not None:
        rows.append([context.button("button.nw_no_event", "naeventy", notice.id, 0)])
    key = "naim.events" if found else "naim.events_none"
    context.change(key, buttons=[*rows, [context.button("button.nw_back_aim", "nwaim", notice.id)]])


def choose_event(context: Context, notice_id: int, event_id: int) -> None:
    """Those of that event; 0 for all again."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    whom = notices.audience(notice)
    if event_id and event_id not in {one.id for one in aims.events_of(context.unit, notice, whom, ahead=False)}:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    notices.aim(context.unit, notice, _with_event(context, notice, whom, event_id))
    aim.show(context, notice)


def _with_event(context: Context, notice: Notice, whom: Audience, event_id: int) -> Audience:
    """With an event a chief mentor's classes are those that are led, so that the event alone says who it is."""
    classes = whom.classes
    if event_id and notice.level == Level.CLASS and not classes:
        classes = tuple(one.id for one in aims.classes(context.unit, notice, whom))
    return whom.with_(event=event_id or None, classes=classes)


PRESSES: dict[str, Press] = {
    "naclass": Press(classes, (int, int, int)),
    "nagrade": Press(grades, (int, int)),
    "naschool": Press(schools, (int, int, int)),
    "naevent": Press(events, (int,)),
    "naeventy": Press(choose_event, (int, int)),
}
