"""Fresh joining slips for exactly the families that a notice could not reach, class by class, to print and to hand over."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.notices import panel
from handlers.notices.going import tended
from handlers.slips import hand_out
from models import joining
from models.notices import allowed, counts, notices
from models.notices.counts import ClassCounts
from models.notices.tables import Notice

PAGE = 8


def _invitable(context: Context, notice: Notice) -> list[ClassCounts]:
    """The classes with families to be invited, of the schools whose slips this account may make."""
    if not notices.audience(notice).families:
        return []
    mine = allowed.invites(context.unit, context.who)
    found = counts.by_class(context.unit, notice)
    return [one for one in found if one.invited and (mine is None or one.school_id in mine)]


def ask(context: Context, notice_id: int, page: int) -> None:
    """For which class? The only one at once."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    found = _invitable(context, notice)
    if not found:
        mine = allowed.invites(context.unit, context.who)
        context.toast("nafter.not_admin" if mine == set() else "nafter.nobody_unreachable", alert=True)
        return
    if len(found) == 1:
        make(context, notice_id, found[0].class_id)
        return
    context.toast()
    schools = {one.school_id for one in found}
    rows = []
    for one in found[page * PAGE : (page + 1) * PAGE]:
        group = f"{one.school} {one.label}" if len(schools) > 1 else one.label
        label = context.words("nafter.class_row", group=group, count=one.invited)
        rows.append([context.named(label, "nrprint", notice.id, one.class_id)])
    turn = []
    if page > 0:
        turn.append(context.button("button.earlier", "nrslips", notice.id, page - 1))
    if (page + 1) * PAGE < len(found):
        turn.append(context.button("button.more", "nrslips", notice.id, page + 1))
    back = [context.button("button.nr_after", "nrafter", notice.id)]
    panel.leave_if_here(context, notice)
    context.change("nafter.unreachable", count=sum(one.invited for one in found), buttons=[*rows, turn, back])


def make(context: Context, notice_id: int, class_id: int) -> None:
    """The class's slips as a sheet to print and as a table. Each gives its family a new way in; an earlier one still
    works."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    one = next((found for found in _invitable(context, notice) if found.class_id == class_id), None)
    if one is None:
        context.toast("nafter.nobody_unreachable", alert=True)
        return
    context.toast()
    slips = list(
        joining.make_slips(
            context.unit,
            days=context.school.invite_days,
            class_ids=[class_id],
            staff=False,
            notice_id=notice.id,
        )
    )
    hand_out(context, slips, one.label, "nafter.sheet", "nafter.table")


PRESSES: dict[str, Press] = {"nrslips": Press(ask, (int, int)), "nrprint": Press(make, (int, int))}
