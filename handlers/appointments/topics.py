"""What a guardian wants to talk about: topics by a tap, own words, and a question sheet that nobody has to fill."""

from __future__ import annotations

from handlers import say
from handlers.appointments.choose import mine, values
from handlers.context import Context, Press
from handlers.incoming import Wrote
from models.appointments import visits, wishes
from models.checklist import items
from models.duties import forms
from models.duties.forms import Asked


def show(context: Context, visit_id: int) -> None:
    """The fields of the checklist, own words, the question sheet."""
    found = mine(context, visit_id)
    if found is None:
        return
    context.toast()
    visit, guest = found
    letters: dict[str, str] = {}
    chosen = wishes.of_guardian(context.unit, visit_id, guest.guardian_id).topics
    for one in wishes.choices(context.unit, visit.school_id):
        letters.setdefault(one.letter, one.category(context.language))
    buttons = []
    for letter, name in sorted(letters.items()):
        count = sum(1 for code in chosen if code.startswith(letter))
        buttons.append(context.named(f"{name} ✓{count}" if count else name, "vtcat", visit_id, letter))
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    rows += [
        [context.button("button.topics_own", "vtown", visit_id)],
        [context.button("button.topics_sheet", "vquest", visit_id, 0)],
        [context.button("button.topics_done", "vmenu", visit_id)],
    ]
    context.change("visit.topics", buttons=rows, **values(context, visit))


def category(context: Context, visit_id: int, letter: str) -> None:
    """The topics of a field."""
    found = mine(context, visit_id)
    if found is None:
        return
    context.toast()
    visit, guest = found
    chosen = wishes.of_guardian(context.unit, visit_id, guest.guardian_id).topics
    rows: list[list[say.Button]] = [
        [
            context.named(
                f"{'✓ ' if one.code in chosen else ''}{one.title(context.language)}", "vtopic", visit_id, one.id
            )
        ]
        for one in wishes.choices(context.unit, visit.school_id)
        if one.letter == letter
    ]
    rows.append([context.button("button.back", "vtopics", visit_id)])
    context.change("visit.topics_field", buttons=rows)


def toggle(context: Context, visit_id: int, item_id: int) -> None:
    """One topic, or not after all."""
    found = mine(context, visit_id)
    item = items.item(context.unit, item_id)
    if found is None or item is None or not item.may_be_written:
        return
    wishes.toggle(context.unit, visit_id, found[1].guardian_id, item.code)
    category(context, visit_id, item.letter)


def ask_own(context: Context, visit_id: int) -> None:
    """In own words."""
    found = mine(context, visit_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "vwish", visit_id)
    context.change("visit.topics_ask", buttons=[[context.button("button.back", "vtopics", visit_id)]])


def takes_own(context: Context, event: Wrote, wanted: Asked) -> bool:
    """Keeps the words."""
    guest = visits.invited(context.unit, wanted.subject_id, context.who.person_ids)
    if guest is None or event.media is not None:
        return False
    if len(event.text) > wishes.LONGEST:
        context.say("visit.text_long", most=wishes.LONGEST, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    kept = wishes.say(context.unit, wanted.subject_id, guest.guardian_id, event.text)
    context.say(
        "visit.topics_kept" if kept else "visit.too_late",
        buttons=[[context.button("button.topics_done", "vmenu", wanted.subject_id)]],
    )
    return True


# --- the question sheet ---


def question(context: Context, visit_id: int, number: int) -> None:
    """One question; it may be skipped, and one may stop at any."""
    found = mine(context, visit_id)
    if found is None:
        return
    context.toast()
    _ask(context, visit_id, number, in_place=True)


def _ask(context: Context, visit_id: int, number: int, *, in_place: bool) -> None:
    sheet = wishes.questions()
    say_it = context.change if in_place else context.say
    if not 0 <= number < len(sheet):
        forms.end(context.unit, context.who)
        say_it("visit.sheet_done", buttons=[[context.button("button.topics_done", "vmenu", visit_id)]])
        return
    one = sheet[number]
    forms.ask(context.unit, context.who, "vanswer", visit_id, one.key)
    rows = [
        [context.button("button.sheet_skip", "vquest", visit_id, number + 1)],
        [context.button("button.sheet_stop", "vtopics", visit_id)],
    ]
    say_it("visit.sheet", buttons=rows, question=one.text(context.language), number=number + 1, count=len(sheet))


def takes_answer(context: Context, event: Wrote, wanted: Asked) -> bool:
    """Keeps an answer and asks the next."""
    guest = visits.invited(context.unit, wanted.subject_id, context.who.person_ids)
    keys = [one.key for one in wishes.questions()]
    if guest is None or event.media is not None or wanted.extra not in keys:
        return False
    if len(event.text) > wishes.LONGEST:
        context.say("visit.text_long", most=wishes.LONGEST, reply_to=event.place_id)
        return True
    wishes.answer(context.unit, wanted.subject_id, guest.guardian_id, wanted.extra, event.text)
    _ask(context, wanted.subject_id, keys.index(wanted.extra) + 1, in_place=False)
    return True


PRESSES: dict[str, Press] = {
    "vtopics": Press(show, (int,)),
    "vtcat": Press(category, (int, str)),
    "vtopic": Press(toggle, (int, int)),
    "vtown": Press(ask_own, (int,)),
    "vquest": Press(question, (int, int)),
}
TEXTS = {"vwish": takes_own, "vanswer": takes_answer}
