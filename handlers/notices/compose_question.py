"""A poll or a survey of a notice. A question is typed with its choices below it, a line each; so is it in the other language."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.notices import compose
from handlers.notices.compose_draft import asks, first, holds, mine, other
from handlers.texts import Block
from models.notices import notices, templates
from models.notices.content import LONGEST_CHOICE, MOST_CHOICES, MOST_QUESTIONS, Content, Question, is_seen
from models.notices.tables import Notice

ASK, OTHER = "ask", "askother"
SLIP = 99
"""Stands for the slip where questions have numbers."""
LONGEST_QUESTION = 200
SURVEYS = ("parents", "mentors")


class Unclear(ValueError):
    """What was typed is no question with choices; the word says why: lines, few, many, long, twice, other."""


def read(text: str, most: int) -> tuple[str, tuple[str, ...]]:
    """A question and its choices, a line each. Raises Unclear."""
    lines = [" ".join(one.split()) for one in text.splitlines() if is_seen(one)]
    if len(lines) < 3:
        raise Unclear("few" if len(lines) == 2 else "lines")
    question, choices = lines[0], tuple(lines[1:])
    if len(choices) > most:
        raise Unclear("many")
    if len(question) > LONGEST_QUESTION or any(len(one) > LONGEST_CHOICE for one in choices):
        raise Unclear("long")
    if len(set(choices)) < len(choices):
        raise Unclear("twice")
    return question, choices


def refuse(context: Context, why: str, most: int, event: Wrote) -> None:
    """Says why what was typed is no question, and what to do."""
    context.say(f"nwrite.ask_{why}", most=most, longest=LONGEST_CHOICE, line=LONGEST_QUESTION, reply_to=event.place_id)


def language_of(content: Content, text: str) -> str:
    """In which language a question is asked: that of the notice's first words, else as it is written."""
    if content.languages:
        return first(content)
    return "zh_CN" if any("\u3400" <= sign <= "\u9fff" for sign in text) else "en"


# --- questions ---


def questions(context: Context, notice_id: int) -> None:
    """The questions that it has, and ways to more."""
    notice = mine(context, notice_id)
    if notice is not None:
        context.toast()
        _questions(context, notice)


def _questions(context: Context, notice: Notice) -> None:
    content, row = notices.content(context.unit, notice), notice.id
    language = context.language
    rows: list[list[say.Button]] = []
    if len(content.questions) < MOST_QUESTIONS:
        asks(context, notice, ASK)
    else:
        holds(context, notice)
    if not content.questions:
        rows += [[context.button(f"button.nw_survey_{one}", "nwsurvey", row, one)] for one in SURVEYS]
    else:
        rows.append([context.button("button.nw_less_asked", "nwqless", row)])
    rows.append([context.button("button.nw_back", "nwboard", row)])
    lines = [
        context.words("naim.beside", text=f"{number}. {one.asked(language)}", inside=" / ".join(one.offered(language)))
        for number, one in enumerate(content.questions, 1)
    ]
    if not content.questions:
        context.change("nwrite.questions_none", buttons=rows, most=MOST_QUESTIONS)
    elif len(content.questions) < MOST_QUESTIONS:
        context.change("nwrite.questions", buttons=rows, lines=Block("\n".join(lines)))
    else:
        context.change("nwrite.questions_full", buttons=rows, lines=Block("\n".join(lines)))


def _add(context: Context, notice: Notice, question: Question) -> None:
    content = notices.content(context.unit, notice)
    notices.write(context.unit, notice, content.with_(questions=(*content.questions, question)))


def takes_question(context: Context, notice: Notice, event: Wrote) -> None:
    """One more question."""
    content = notices.content(context.unit, notice)
    if len(content.questions) >= MOST_QUESTIONS:
        _questions(context, notice)
        return
    try:
        question, choices = read(event.text, MOST_CHOICES)
    except Unclear as why:
        refuse(context, str(why), MOST_CHOICES, event)
        return
    language = language_of(content, event.text)
    _add(context, notice, Question({language: question}, {language: choices}))
    _questions(context, notice)


def takes_poll(context: Context, notice: Notice, event: Wrote) -> None:
    """A poll of the messenger becomes one of ours: its votes are counted for the school alone, without names."""
    poll = event.media or {}
    content = notices.content(context.unit, notice)
    rows = [[context.button("button.nw_done", "nwboard", notice.id)]]
    if len(content.questions) >= MOST_QUESTIONS:
        context.say("nwrite.poll_full", most=MOST_QUESTIONS, buttons=rows, reply_to=event.place_id)
        return
    try:
        question, choices = read(
            "\n".join(" ".join(str(one).split()) for one in [poll["question"], *poll["options"]]), MOST_CHOICES
        )
    except Unclear as why:
        refuse(context, str(why), MOST_CHOICES, event)
        return
    language = language_of(content, question)
    _add(context, notice, Question({language: question}, {language: choices}))
    key = "nwrite.poll_one" if poll.get("multiple") else "nwrite.poll_got"
    context.say(key, buttons=rows, question=question, reply_to=event.place_id)


def survey(context: Context, notice_id: int, name: str) -> None:
    """A survey that comes with the program."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    found = templates.survey(name)
    if not found:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    content = notices.content(context.unit, notice)
    notices.write(context.unit, notice, content.with_(questions=found))
    compose.board(context, notice)


def less(context: Context, notice_id: int) -> None:
    """Without the last question."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    content = notices.content(context.unit, notice)
    notices.write(context.unit, notice, content.with_(questions=content.questions[:-1]))
    _questions(context, notice)


# --- in the other language ---


def ask_other(context: Context, notice_id: int, number: int) -> None:
    """A question of it in the other language."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    content = notices.content(context.unit, notice)
    found = _numbered(content, number)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    asks(context, notice, f"{OTHER} {number}")
    plain = other(content) in found.choices
    lines = [found.asked(first(content)), *(() if plain else found.offered(first(content)))]
    context.change(
        "nwrite.ask_other_plain" if plain else "nwrite.ask_other",
        buttons=[[context.button("button.nw_back", "nwlang", notice.id)]],
        name=context.words(f"nwrite.language_{other(content)}"),
        question=Block("\n".join(lines)),
    )


def _numbered(content: Content, number: int) -> Question | None:
    if number == SLIP:
        return content.slip
    return content.questions[number] if 0 <= number < len(content.questions) else None


def takes_other(context: Context, notice: Notice, event: Wrote, number: int) -> None:
    """The same question and choices in the other language: as many of them, in the same order."""
    content = notices.content(context.unit, notice)
    found = _numbered(content, number)
    if found is None:
        compose.board(context, notice)
        return
    language = other(content)
    only = [" ".join(one.split()) for one in event.text.splitlines() if is_seen(one)]
    try:
        if len(only) == 1 and language in found.choices and len(only[0]) <= LONGEST_QUESTION:
            # 'I agree' and 'I do not agree' are there in every language.
            question, choices = only[0], found.choices[language]
        else:
            question, choices = read(event.text, MOST_CHOICES)
        if len(choices) != found.count:
            raise Unclear("same")
    except Unclear as why:
        if str(why) == "same":
            context.say("nwrite.ask_same", count=found.count, reply_to=event.place_id)
        else:
            refuse(context, str(why), MOST_CHOICES, event)
        return
    both = Question({**found.text, language: question}, {**found.choices, language: choices})
    if number == SLIP:
        content = content.with_(slip=both)
    else:
        kept = list(content.questions)
        kept[number] = both
        content = content.with_(questions=tuple(kept))
    notices.write(context.unit, notice, content)
    compose.board(context, notice)


def rows(context: Context, notice: Notice, _content: Content) -> list[list[say.Button]]:
    """On the screen 'something more'."""
    return [[context.button("button.nw_questions", "nwq", notice.id)]]


PRESSES: dict[str, Press] = {
    "nwq": Press(questions, (int,)),
    "nwqless": Press(less, (int,)),
    "nwsurvey": Press(survey, (int, str)),
    "nwqother": Press(ask_other, (int, int)),
}
