"""How and where a new event is held, what it is about, and for how many there is room."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.events import create_when
from handlers.events.draft import TYPED, ask, kept, mine
from handlers.incoming import Wrote
from models.duties.forms import Asked
from models.events import calling, drafts, kinds, proposing
from models.events.drafts import Draft, Step
from models.events.states import Form
from models.events.topics import Topic

LONGEST = 60
"""Characters of a place or a title: both stand on one line."""
MOST = 2000
"""Places at most: more is a slip of the finger."""
LIMITS = (10, 20, 30, 40, 50, 100)
PAGE = 8


def ask_form(context: Context, one: Draft) -> None:
    """In a room, online, or both?"""
    rows = [
        [
            context.named(
                ("✓ " if form.value == one.form else "") + context.words(f"button.new_form_{form.value}"),
                "nevform",
                one.id,
                form.value,
            )
        ]
        for form in Form
    ]
    ask(context, one, Step.FORM, "create.form", rows)


def choose_form(context: Context, draft_id: int, form: str) -> None:
    """That way."""
    one = mine(context, draft_id)
    if one is None or form not in {known.value for known in Form}:
        context.toast("help.button_gone", alert=True)
        return
    kept(context, one, form=form)


def ask_place(context: Context, one: Draft) -> None:
    """Where?"""
    rows = [[context.button("button.new_later", "nevlater", one.id, Step.PLACE.value)]]
    ask(context, one, Step.PLACE, "create.place", rows, typed=True)


def _fitting(context: Context, one: Draft) -> list[Topic]:
    """What fits the classes and the month, and was not given of late."""
    if one.kind != kinds.CLASS or one.minute is None or one.day is None:
        return []
    with drafts.tried(context.unit, one, context.school.zone, one.host_id) as event:
        return proposing.fitting(context.unit, event, context.school.zone)


def ask_topic(context: Context, one: Draft, page: int = 0) -> None:
    """What about? For a parent class the list, for all others a title in own words, which may be left out."""
    if one.kind != kinds.CLASS:
        rows = [[context.button("button.new_no_title", "nevlater", one.id, Step.TOPIC.value)]]
        private = one.of_kind.private
        ask(context, one, Step.TOPIC, "create.title_private" if private else "create.title", rows, typed=True)
        return
    found = _fitting(context, one)
    page = min(max(page, 0), max((len(found) - 1) // PAGE, 0))
    listed = [
        [
            context.named(
                ("✓ " if topic.code == one.topic else "") + topic.title(context.language),
                "nevtopic",
                one.id,
                topic.code,
            )
        ]
        for topic in found[page * PAGE : (page + 1) * PAGE]
    ]
    turn: list[say.Button] = [context.button("button.earlier", "nevtopics", one.id, page - 1)] if page else []
    if (page + 1) * PAGE < len(found):
        turn.append(context.button("button.more", "nevtopics", one.id, page + 1))
    later = [context.button("button.new_later", "nevlater", one.id, Step.TOPIC.value)]
    ask(context, one, Step.TOPIC, "create.topic", [*listed, turn, later], typed=True)


def turn_topics(context: Context, draft_id: int, page: int) -> None:
    """More of the list."""
    one = mine(context, draft_id)
    if one is not None and one.kind == kinds.CLASS:
        ask_topic(context, one, page)


def choose_topic(context: Context, draft_id: int, code: str) -> None:
    """That topic of the list."""
    one = mine(context, draft_id)
    if one is None or code not in {topic.code for topic in _fitting(context, one)}:
        context.toast("help.button_gone", alert=True)
        return
    kept(context, one, topic=code, own_topic="")


def later(context: Context, draft_id: int, step: str) -> None:
    """The place or the topic will follow."""
    one = mine(context, draft_id)
    if one is None:
        return
    if step == Step.PLACE:
        kept(context, one, place="")
    elif step == Step.TOPIC:
        kept(context, one, topic="", own_topic="")
    else:
        context.toast("help.button_gone", alert=True)


def ask_limit(context: Context, one: Draft) -> None:
    """For how many is there room?"""
    buttons = [
        context.named(("✓ " if count == one.limit else "") + str(count), "nevlimit", one.id, count) for count in LIMITS
    ]
    rows = [
        [context.button("button.new_no_limit", "nevlimit", one.id, 0)],
        *(buttons[at : at + 3] for at in range(0, len(buttons), 3)),
    ]
    ask(context, one, Step.LIMIT, "create.limit", rows, typed=True)


def choose_limit(context: Context, draft_id: int, count: int) -> None:
    """So many; 0 for all who come."""
    one = mine(context, draft_id)
    if one is None or not 0 <= count <= MOST:
        context.toast("help.button_gone", alert=True)
        return
    kept(context, one, limit=count)


# --- what was typed ---


def _place(context: Context, one: Draft, event: Wrote) -> None:
    text = _short(context, event)
    if text:
        kept(context, one, place=text)


def _topic(context: Context, one: Draft, event: Wrote) -> None:
    text = _short(context, event)
    if not text:
        return
    child = calling.child_in(context.unit, one, text)
    if child is not None:
        # It goes to many families: no child is named in it.
        context.say("create.names", child=child, reply_to=event.place_id)
        return
    kept(context, one, topic="own", own_topic=text)


def _short(context: Context, event: Wrote) -> str:
    text = " ".join(event.text.split())
    if len(text) > LONGEST:
        context.say("create.text_long", most=LONGEST, count=len(text), reply_to=event.place_id)
        return ""
    return text


def _limit(context: Context, one: Draft, event: Wrote) -> None:
    number = event.text.strip().removesuffix("人").removesuffix("位").strip()
    if not number.isdecimal() or len(number) > 5 or not 1 <= int(number) <= MOST:
        context.say("create.limit_unclear", most=MOST, reply_to=event.place_id)
        return
    kept(context, one, limit=int(number))


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """What was typed at a question of a new event; a text that will not do is answered with what would."""
    one = drafts.of(context.unit, context.who)
    if event.media is not None or one is None or one.id != wanted.subject_id or context.who.staff is None:
        return False
    takers = {
        Step.DAY.value: create_when.takes,
        Step.TIME.value: create_when.takes,
        Step.PLACE.value: _place,
        Step.TOPIC.value: _topic,
        Step.LIMIT.value: _limit,
    }
    taker = takers.get(wanted.extra)
    if taker is None:
        return False
    taker(context, one, event)
    return True


PRESSES: dict[str, Press] = {
    "nevform": Press(choose_form, (int, str)),
    "nevlater": Press(later, (int, str)),
    "nevtopic": Press(choose_topic, (int, str)),
    "nevtopics": Press(turn_topics, (int, int)),
    "nevlimit": Press(choose_limit, (int, int)),
}
TEXTS = {TYPED: takes}
