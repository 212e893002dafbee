"""What can be done about a notice that is out: hold it, let it go on, end it, take it back. Rights are asked each time."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.notices import mend, panel
from handlers.texts import Block
from models.notices import allowed, counts, mending, notices, running
from models.notices.states import OUT, NoticeState
from models.notices.tables import Notice


def tended(context: Context, notice_id: int) -> Notice | None:
    """A notice that this account looks after; otherwise the button leads nowhere."""
    notice = notices.one(context.unit, notice_id)
    if notice is None or allowed.tends(context.unit, notice, context.who) is None:
        context.toast("help.button_gone", alert=True)
        return None
    return notice


def is_out(notice: Notice) -> bool:
    """Whether there is something to be seen of its way."""
    return NoticeState(notice.state) in OUT or notice.state == NoticeState.RECALLED


def see(context: Context, notice_id: int) -> None:
    """How it goes, in the message with the button."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    if not is_out(notice):
        context.toast("nrun.not_begun", alert=True)
        return
    panel.open_here(context, notice)


def _shown(context: Context, notice: Notice) -> None:
    """How it stands now: where the button was pressed, and in its author's message where that is another one."""
    context.unit.session.refresh(notice)
    panel.open_here(context, notice)
    if notice.author_id not in context.who.person_ids:
        panel.refresh(context.unit, notice, context.school, last=True)


def pause(context: Context, notice_id: int) -> None:
    """Holds it: what is queued waits too."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    done = running.pause(context.unit, notice)
    if done is None:
        _late(context, notice)
        return
    context.toast("nrun.paused_toast")
    _shown(context, notice)


def go_on(context: Context, notice_id: int) -> None:
    """It goes on where it stopped."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    if not running.resume(context.unit, notice):
        _late(context, notice)
        return
    context.toast("nrun.goes_on_toast")
    _shown(context, notice)


def _late(context: Context, notice: Notice) -> None:
    """Somebody was quicker, or the button is an old one: how it stands is shown."""
    context.unit.session.refresh(notice)
    if not is_out(notice):
        context.toast("nrun.not_begun", alert=True)
        return
    context.toast("nrun.was_quicker", alert=True)
    panel.open_here(context, notice)


def ask_stop(context: Context, notice_id: int) -> None:
    """Ends it for good: asked once more, with what it means."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    if notice.state not in (NoticeState.RUNNING, NoticeState.PAUSED):
        _late(context, notice)
        return
    found = counts.of(context.unit, notice.id)
    _ask(
        context,
        notice,
        "nrun.ask_stop",
        [
            [context.button("button.nr_stop_yes", "nrstopy", notice.id)],
            [context.button("button.nr_not_now", "nrsee", notice.id)],
        ],
        sent=found.sent,
        left=found.left + found.resting,
    )


def stop(context: Context, notice_id: int) -> None:
    """Nobody else gets it."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    if running.stop(context.unit, notice) is None:
        _late(context, notice)
        return
    context.toast("nrun.stopped_toast")
    _shown(context, notice)


def ask_recall(context: Context, notice_id: int) -> None:
    """Takes it away from everybody: asked once more, with what can be done and what cannot."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    if NoticeState(notice.state) not in OUT:
        _late(context, notice)
        return
    unit = context.unit
    found = counts.of(unit, notice.id)
    old = mending.older(unit, notice.id, unit.now_ms - mend.RECALLABLE)
    lines = [context.words("nrun.recall_erased", count=found.sent - old)]
    if old:
        lines.append(context.words("nrun.recall_covered", count=old))
        if notices.content(unit, notice).has_media:
            lines.append(context.words("nrun.recall_pictures"))
    if found.left + found.resting + found.in_list:
        lines.append(context.words("nrun.recall_waiting", count=found.left + found.resting + found.in_list))
    _ask(
        context,
        notice,
        "nrun.ask_recall",
        [
            [context.button("button.nr_recall_yes", "nrbacky", notice.id)],
            [context.button("button.nr_not_now", "nrsee", notice.id)],
        ],
        lines=Block("\n".join(lines)),
    )


def recall(context: Context, notice_id: int) -> None:
    """It is taken back from everybody."""
    notice = tended(context, notice_id)
    if notice is None:
        return
    if not mending.recall(context.unit, notice):
        _late(context, notice)
        return
    context.toast("nrun.recalled_toast")
    _shown(context, notice)


def _ask(context: Context, notice: Notice, key: str, rows: say.Rows, **values: object) -> None:
    """A question in the place of the pressed message."""
    panel.leave_if_here(context, notice)
    context.change(key, buttons=rows, title=panel.called(context.unit, notice, context.language), **values)


def rows(context: Context, notice: Notice) -> list[list[say.Button]]:
    """Under the screen of one notice: how it goes."""
    if not is_out(notice):
        return []
    found = [context.button("button.nr_see", "nrsee", notice.id)]
    if notice.listed_at is not None:
        found.append(context.button("button.nr_after", "nrafter", notice.id))
    return [found]


PRESSES: dict[str, Press] = {
    "nrsee": Press(see, (int,)),
    "nrpause": Press(pause, (int,)),
    "nrgo": Press(go_on, (int,)),
    "nrstop": Press(ask_stop, (int,)),
    "nrstopy": Press(stop, (int,)),
    "nrback": Press(ask_recall, (int,)),
    "nrbacky": Press(recall, (int,)),
}
