"""What a notice asks of somebody, as buttons and words: read it, sign a slip, answer a question, sign up for an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers import say, telling
from handlers.texts import Rich, render, units
from models.notices import received, slips, surveys
from models.notices.audience import Audience, Child
from models.notices.content import Content, Question
from models.notices.tables import Notice
from models.standing import Reach
from models.unit import Unit


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody has answered to a notice so far."""

    read: bool = False
    slips: dict[int, int] = field(default_factory=dict)
    """The number of the choice by pupil."""
    votes: dict[int, int] = field(default_factory=dict)
    """The number of the choice by question."""
    at: int | None = None
    """The question that is looked at; empty for the first that is not answered."""
    child: int | None = None
    """The pupil for whom a choice is being made."""


def root(notice: Notice) -> int:
    """The notice to which answers belong: a second round asks for those of the first."""
    if notice.again_of is None:
        return notice.id
    whom = Audience.from_json(notice.audience)
    return whom.unread or whom.unsigned or notice.id


def answers_of(unit: Unit, notice: Notice, person_id: int, content: Content | None = None) -> Answers:
    """What one person has answered so far."""
    return answers_of_all(unit, notice, [person_id], content)[person_id]


def answers_of_all(
    unit: Unit, notice: Notice, person_ids: Sequence[int], content: Content | None = None
) -> dict[int, Answers]:
    """What each of these people has answered so far. Without `content` all questions that there may be are looked for."""
    read = received.readers(unit, root(notice), person_ids)
    signed = slips.of(unit, root(notice), person_ids) if content is None or content.slip is not None else {}
    count = surveys.MOST if content is None else len(content.questions)
    votes = surveys.of(unit, root(notice), person_ids, count)
    return {one: Answers(one in read, signed.get(one, {}), votes.get(one, {})) for one in person_ids}


def rows(
    unit: Unit, notice: Notice, content: Content, reach: Reach, children: list[Child], answers: Answers
) -> list[list[say.Button]]:
    """The buttons under a notice for one person; what was answered is ticked."""
    found: list[list[say.Button]] = []
    if content.link is not None:
        found.append([say.Button(content.link[0][:60], link=content.link[1])])
    if content.slip is not None:
        found += _slip_rows(unit, notice, content.slip, reach, children, answers)
    if content.questions:
        found += _question_rows(unit, notice, content, reach, answers)
    if content.read:
        key = "button.notice_was_read" if answers.read else "button.notice_read"
        found.append([telling.button(unit, reach, key, "nread", root(notice))])
    if notice.event_id is not None:
        found.append([telling.button(unit, reach, "button.notice_event", "nevent", notice.event_id, notice.id)])
    return found


def words_of(content: Content, language: str, answers: Answers, children: Sequence[Child] = ()) -> Rich:
    """What is asked, below the notice's own words; empty where nothing is."""
    parts = []
    if content.slip is not None and children:
        parts.append(_slip_words(content.slip, language, _choosing(answers, children), children))
    if content.questions:
        parts.append(_question_words(content, language, _at(content, answers)))
    return _below(parts)


def longest(content: Content, language: str, children: Sequence[Child]) -> int:
    """UTF-16 units of the longest form of `words_of`, whatever somebody answers: a caption must have room for it."""
    slip = [0]
    if content.slip is not None and children:
        slip += [units(_slip_words(content.slip, language, one, children).text) for one in [None, *children]]
    count = len(content.questions)
    asked = [units(_question_words(content, language, at).text) for at in [None, *range(count)]] if count else [0]
    return max(slip) + 2 + max(asked)


def _below(parts: list[Rich]) -> Rich:
    text, spans = "", []
    for one in parts:
        text += "\n\n" if text else ""
        spans += [{**span, "offset": span["offset"] + units(text)} for span in one.spans]
        text += one.text
    return Rich(text, tuple(spans))


# --- a slip to sign ---


def _choosing(answers: Answers, children: Sequence[Child]) -> Child | None:
    """For whom a choice is to be made now: the child that was pressed, or the only one while nothing is signed."""
    pressed = next((one for one in children if one.pupil_id == answers.child), None)
    if pressed is None and len(children) == 1 and children[0].pupil_id not in answers.slips:
        return children[0]
    return pressed


def _slip_words(slip: Question, language: str, child: Child | None, children: Sequence[Child]) -> Rich:
    if child is None or len(children) == 1:
        return render(language, "nslip.asked", question=slip.asked(language))
    return render(language, "nslip.asked_for", question=slip.asked(language), child=child.name)


def _slip_rows(
    unit: Unit, notice: Notice, slip: Question, reach: Reach, children: list[Child], answers: Answers
) -> list[list[say.Button]]:
    language, choosing = reach.language, _choosing(answers, children)
    offered = slip.offered(language)
    if choosing is not None:
        now = answers.slips.get(choosing.pupil_id)
        found = [
            [
                telling.named(
                    unit,
                    reach,
                    f"✓ {words}" if number == now else words,
                    "nslip",
                    root(notice),
                    choosing.pupil_id,
                    number,
                )
            ]
            for number, words in enumerate(offered)
        ]
        if len(children) > 1 or now is not None:
            found.append([telling.button(unit, reach, "button.nf_back", "nslipc", root(notice), 0)])
        return found
    found = []
    for one in children:
        number = answers.slips.get(one.pupil_id)
        key = "button.nf_sign" if number is None or number >= len(offered) else "button.nf_signed"
        choice = "" if number is None or number >= len(offered) else offered[number]
        found.append(
            [telling.button(unit, reach, key, "nslipc", root(notice), one.pupil_id, child=one.name, choice=choice)]
        )
    return found


# --- a poll, a survey ---


def _at(content: Content, answers: Answers) -> int | None:
    """The question that is shown; nothing where all are answered."""
    count = len(content.questions)
    if answers.at is not None and 0 <= answers.at < count:
        return answers.at
    return next((number for number in range(count) if number not in answers.votes), None)


def _question_words(content: Content, language: str, at: int | None) -> Rich:
    count = len(content.questions)
    if at is None:
        return render(language, "nvote.thanks")
    question = content.questions[at].asked(language)
    if count == 1:
        return render(language, "nvote.poll", question=question)
    return render(language, "nvote.question", number=at + 1, count=count, question=question)


def _question_rows(
    unit: Unit, notice: Notice, content: Content, reach: Reach, answers: Answers
) -> list[list[say.Button]]:
    at = _at(content, answers)
    if at is None:
        return [[telling.button(unit, reach, "button.nf_change", "nvat", root(notice), 0)]]
    now = answers.votes.get(at)
    found = [
        [telling.named(unit, reach, f"✓ {words}" if number == now else words, "nvote", root(notice), at, number)]
        for number, words in enumerate(content.questions[at].offered(reach.language))
    ]
    turn = []
    if at > 0:
        turn.append(telling.button(unit, reach, "button.nf_before", "nvat", root(notice), at - 1))
    if now is not None:
        turn.append(telling.button(unit, reach, "button.nf_next", "nvat", root(notice), at + 1))
    if turn:
        found.append(turn)
    return found
