"""The checklist as people meet it: what a message is about, said by one quiet button; /topics; /checklist."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, text

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.copies import ICON, topic_button
from handlers.incoming import Commanded
from handlers.texts import Block, words
from models import access, conversation
from models.base import to_ms
from models.checklist import coverage, items, topic
from models.checklist.coverage import DONE, DUE, NOT_APPLICABLE
from models.checklist.items import Item
from models.standing import Line, Standing, class_label, families, line_of_thread
from models.unit import Unit, sql

PAGE = 8
TOPIC_MINUTES = 30
"""How long a chosen topic waits for the message that it is for."""


# --- what a message is about ---


def proposed(
    unit: Unit, who: Standing, line: Line, by_guardian: bool, body: str, item_id: int | None, item_by: str | None
) -> tuple[int, str] | None:
    """The item of a message and who said so: its writer, or the program where the words are clear."""
    if item_id is not None:
        return item_id, item_by or "mentor"
    if who.topic_item_id is not None:
        chosen, until = who.topic_item_id, who.topic_until
        unit.write(_CHOOSE, account=who.account_id, item=None, until=None)
        who.topic_item_id = None
        if until is not None and until >= unit.now:
            return chosen, "guardian" if by_guardian else "mentor"
    for code in topic.propose_items(body):
        found = items.by_code(unit, line.school_id, code)
        if found is not None and found.may_be_written:
            return found.id, "proposed"
    return None


_ITEM_OF = sql("UPDATE message SET item_id = :item, item_by = :by WHERE id = :message")
_CHOOSE = sql("UPDATE account SET topic_item_id = :item, topic_until = :until WHERE id = :account")


def _mine(context: Context, message_id: int) -> tuple[conversation.Stored, Line] | None:
    """The message and its line, where this account may say what it is about."""
    message = conversation.load(context.unit, message_id)
    line = None if message is None else line_of_thread(context.unit, message.thread_id)
    if message is None or line is None or not line.belongs_to(context.who.person_ids):
        context.toast("help.button_gone", alert=True)
        return None
    return message, line


def ask_category(context: Context, message_id: int) -> None:
    """The button under a copy: the eight categories stand in its place."""
    found = _mine(context, message_id)
    if found is None:
        return
    context.toast("topics.which_toast")
    letters = _categories(items.current(context.unit, found[1].school_id))
    buttons = [context.named(one.category(context.language), "kcat", message_id, one.letter) for one in letters]
    last = [
        context.button("button.no_topic", "kset", message_id, 0),
        context.button("button.back", "kback", message_id),
    ]
    _under(context, [*_pairs(buttons), last])


def ask_item(context: Context, message_id: int, letter: str) -> None:
    """A category was pressed: its items stand in its place."""
    found = _mine(context, message_id)
    if found is None:
        return
    context.toast()
    of_letter = [
        one for one in items.current(context.unit, found[1].school_id) if one.letter == letter and one.may_be_written
    ]
    buttons = [context.named(one.title(context.language), "kset", message_id, one.id) for one in of_letter]
    _under(context, [*_pairs(buttons), [context.button("button.back", "kitem", message_id)]])


def set_item(context: Context, message_id: int, item_id: int) -> None:
    """An item was pressed: the message is about that from now on; 0 for none of them."""
    found = _mine(context, message_id)
    if found is None:
        return
    unit = context.unit
    message, line = found
    chosen = None if item_id == 0 else items.item(unit, item_id)
    if item_id and (chosen is None or not chosen.may_be_written):
        context.toast("help.button_gone", alert=True)
        return
    by = "guardian" if line.guardian_id in context.who.person_ids else "mentor"
    unit.write(_ITEM_OF, item=None if chosen is None else chosen.id, by=by, message=message_id)
    shown = words(context.language, "topics.none_short") if chosen is None else chosen.title(context.language)
    context.toast("topics.set", item=shown)
    from handlers import changes  # it stands above this file

    changes.item_changed(unit, message, line, None if chosen is None else chosen.id, context.school.zone)
    back(context, message_id)


def back(context: Context, message_id: int) -> None:
    """The buttons as they were."""
    found = _mine(context, message_id)
    if found is None:
        return
    context.toast()
    message = conversation.load(context.unit, message_id)
    row = [context.button("button.answer", "answer", found[0].thread_id)] if found[0].by_guardian else []
    item_id = None if message is None else message.item_id
    _under(context, [[*row, topic_button(context.unit, context.reach, message_id, item_id)]])


def _under(context: Context, rows: list[list[say.Button]]) -> None:
    if context.place_id is None:
        return
    context.unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.room or context.who.user_id,
        kind=say.BUTTONS,
        payload=say.buttons_at(rows, place_id=context.place_id),
    )


def _pairs(buttons: list[say.Button]) -> list[list[say.Button]]:
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def _categories(all_items: Iterable[Item]) -> list[Item]:
    """The first item of each category, for its name and letter."""
    found: dict[str, Item] = {}
    for one in all_items:
        found.setdefault(one.letter, one)
    return [found[letter] for letter in sorted(found)]


# --- /topics ---


def _school(context: Context) -> int | None:
    return next((one.school_id for one in context.who.selves), None)


def topics(context: Context, _event: Commanded | None = None) -> None:
    """/topics: what one can write about, grouped; a topic may be chosen before writing."""
    school = _school(context)
    if school is None:
        context.say("relay.no_child")
        return
    context.toast()
    letters = _categories(items.current(context.unit, school))
    buttons = [context.named(one.category(context.language), "ktcat", one.letter) for one in letters]
    context.change("topics.groups", buttons=[*_pairs(buttons), [context.button("button.more_back", "more")]])


def topic_items(context: Context, letter: str) -> None:
    """One group: its items with what each is about."""
    school = _school(context)
    if school is None:
        return
    context.toast()
    of_letter = [
        one
        for one in items.current(context.unit, school)
        if one.letter == letter
        and (context.who.staff is not None or one.direction != "school_to_home" or one.level == 3)
    ]
    lines = [
        words(context.language, "topics.line", item=one.title(context.language), about=one.about(context.language))
        for one in of_letter
    ]
    buttons = [context.named(one.title(context.language), "ktake", one.id) for one in of_letter]
    name = next(
        (one.category(context.language) for one in items.current(context.unit, school) if one.letter == letter), ""
    )
    context.change(
        "topics.items" if of_letter else "topics.from_school",
        buttons=[*_pairs(buttons), [context.button("button.back", "ktopics")]],
        category=name,
        lines=Block("\n".join(lines)),
    )


def take(context: Context, item_id: int) -> None:
    """A topic was chosen: the next message carries it."""
    context.toast()
    found = items.item(context.unit, item_id)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    if not found.may_be_written:
        context.change("topics.not_by_message", item=found.title(context.language))
        return
    until = to_ms(context.unit.now) + TOPIC_MINUTES * 60_000
    context.unit.write(_CHOOSE, account=context.who.account_id, item=item_id, until=until)
    context.change("topics.write_now", item=found.title(context.language))


def say_topic(context: Context, line: Line, item_id: int) -> None:
    """A message with a chosen topic was taken: its writer sees under which."""
    found = items.item(context.unit, item_id)
    if found is not None:
        context.say("topics.receipt", item=found.title(context.language), child=line.pupil_name)


# --- /checklist ---


_CLASSES = text(
    "SELECT c.school_class_id, sc.grade, sc.name FROM class_team c JOIN school_class sc ON sc.id = c.school_class_id"
    " WHERE c.until IS NULL AND c.chief_mentor_id IN :people ORDER BY sc.grade, sc.name"
).bindparams(bindparam("people", expanding=True))
_PUPILS = sql("SELECT id FROM pupil WHERE school_class_id = :group AND ended_at IS NULL ORDER BY id")


def show(context: Context, _event: Commanded | None = None) -> None:
    """/checklist: choose a pupil; a chief mentor may choose the class."""
    own: dict[int, str] = {}
    for line in sorted(families(context.unit, context.who), key=lambda one: (one.school_class, one.pupil_name)):
        own.setdefault(line.pupil_id, line.pupil_name)
    classes = context.unit.execute(_CLASSES, people=context.who.person_ids or [0]).all()
    if not own and not classes:
        context.say("families.none")
        return
    context.toast()
    rows = _pairs([context.named(name, "kgrid", pupil_id, 0) for pupil_id, name in own.items()])
    rows += [[context.named(class_label(one.grade, one.name), "kclass", one.school_class_id)] for one in classes]
    context.change("coverage.whom", buttons=[*rows, [context.button("button.more_back", "more")]])


def _own_line(context: Context, pupil_id: int) -> Line | None:
    return next((one for one in families(context.unit, context.who) if one.pupil_id == pupil_id), None)


def show_grid(context: Context, pupil_id: int, open_: int) -> None:
    """A pupil's term: done, due, open, not applicable; what is need-to-know stays a number until it is asked for."""
    line = _own_line(context, pupil_id)
    if line is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    reader = line.staff_of(context.who.person_ids)
    if reader is not None:
        access.note(context.unit, reader, pupil_id, "coverage")
    cells = coverage.grid(context.unit, pupil_id, context.school.zone)
    lines, hidden, last = [], 0, ""
    for cell in cells:
        if cell.item.level >= 2 and not open_:
            hidden += cell.state in (DONE, DUE)
            continue
        if cell.state == NOT_APPLICABLE:
            continue
        if cell.item.letter != last:
            last = cell.item.letter
            lines.append(words(context.language, "coverage.category", category=cell.item.category(context.language)))
        shown = "" if cell.on is None else f"{cell.on.month}/{cell.on.day}"
        lines.append(
            words(
                context.language, f"coverage.{cell.state}", item=cell.item.title(context.language), date=shown
            ).rstrip()
        )
    if hidden:
        lines.append(words(context.language, "coverage.hidden", count=hidden))
    due = [cell for cell in cells if cell.state == DUE and (open_ or cell.item.level < 2)]
    rows = [
        [context.named(f"{ICON} {cell.item.title(context.language)}", "kone", pupil_id, cell.item.id)]
        for cell in due[:PAGE]
    ]
    if hidden or open_:
        rows.append(
            [context.button("button.less" if open_ else "button.show_more", "kgrid", pupil_id, 0 if open_ else 1)]
        )
    rows.append([context.button("button.back", "klist")])
    context.change(
        "coverage.grid",
        buttons=rows,
        child=line.pupil_name,
        lines=Block("\n".join(lines)),
        done=sum(cell.state == DONE for cell in cells),
        due=sum(cell.state == DUE for cell in cells),
    )


def one_item(context: Context, pupil_id: int, item_id: int) -> None:
    """A due item: write about it, done elsewhere, or not applicable."""
    line, found = _own_line(context, pupil_id), items.item(context.unit, item_id)
    if line is None or found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    context.change(
        "coverage.one",
        buttons=[
            [context.button("button.write_about", "kwrite", pupil_id, item_id)],
            [
                context.button("button.done_elsewhere", "kmark", pupil_id, item_id, 1),
                context.button("button.not_applicable", "kmark", pupil_id, item_id, 0),
            ],
            [context.button("button.back", "kgrid", pupil_id, 0)],
        ],
        child=line.pupil_name,
        item=found.title(context.language),
    )


def mark(context: Context, pupil_id: int, item_id: int, done: int) -> None:
    """Done elsewhere, or not applicable this term."""
    line, found, staff = _own_line(context, pupil_id), items.item(context.unit, item_id), context.who.staff
    if line is None or found is None or staff is None:
        context.toast("help.button_gone", alert=True)
        return
    state = DONE if done else NOT_APPLICABLE
    coverage.mark(context.unit, pupil_id, line.school_id, found.code, state, staff.person_id, context.school.zone)
    context.toast("coverage.noted")
    show_grid(context, pupil_id, 0)


def show_class(context: Context, group: int) -> None:
    """A chief mentor's class: numbers by category, no names."""
    rows = context.unit.execute(_CLASSES, people=context.who.person_ids or [0]).all()
    found = next((one for one in rows if one.school_class_id == group), None)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    pupils = [row.id for row in context.unit.execute(_PUPILS, group=group)]
    counts, letters = coverage.class_counts(context.unit, pupils, context.school.zone)
    lines = [
        words(
            context.language,
            "coverage.class_line",
            category=one.category(context.language),
            done=counts[letter, DONE],
            due=counts[letter, DUE],
        )
        for letter, one in letters
    ]
    context.change(
        "coverage.class",
        buttons=[[context.button("button.back", "klist")]],
        group=class_label(found.grade, found.name),
        pupils=len(pupils),
        lines=Block("\n".join(lines)),
    )


COMMANDS: dict[str, CommandHandler] = {"topics": topics, "checklist": show}
PRESSES: dict[str, Press] = {
    "kitem": Press(ask_category, (int,)),
    "kcat": Press(ask_item, (int, str)),
    "kset": Press(set_item, (int, int)),
    "kback": Press(back, (int,)),
    "ktopics": Press(topics),
    "ktcat": Press(topic_items, (str,)),
    "ktake": Press(take, (int,)),
    "klist": Press(show),
    "kgrid": Press(show_grid, (int, int)),
    "kone": Press(one_item, (int, int)),
    "kmark": Press(mark, (int, int, int)),
    "kclass": Press(show_class, (int,)),
}
