"""What the conversations about pairs share: what a round is called, why a pupil got whom, when somebody may hear of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers import say
from handlers.context import Context, SchoolSettings
from handlers.texts import Block, words
from models import hours
from models.base import from_ms, to_ms
from models.calendar import calendar_of
from models.matching.choices import Choice
from models.matching.problem import BALANCE, FULL
from models.matching.proposals import PupilRow
from models.matching.rounds import Round, Scope
from models.matching.stable import Why
from models.unit import Unit

PAGE = 8
RANKS = ("first", "second", "third")


def called(language: str, round_: Round) -> str:
    """What a round is called."""
    if round_.scope is Scope.SCHOOL:
        return words(language, "match.whole_school")
    return round_.name


def day_of(context: Context, at: int | None) -> str:
    """A day, written out."""
    if at is None:
        return context.words("match.no_day")
    return deadline(context.language, at, context.school.zone)


def deadline(language: str, at: int, zone: str) -> str:
    """A moment, short: month, day, hour."""
    there = from_ms(at).astimezone(ZoneInfo(zone))
    if language == "zh_CN":
        return f"{there.month}月{there.day}日 {there:%H:%M}"
    return f"{there.day} {there:%B %H:%M}"


def with_subject(language: str, choice: Choice) -> str:
    """A mentor by name and subject."""
    if not choice.subject:
        return words(language, "match.mentor", name=choice.name)
    return words(language, "match.mentor_of", name=choice.name, subject=choice.subject)


def paged(context: Context, page: int, many: int, action: str, *args: int | str, size: int = PAGE) -> list[say.Button]:
    """Buttons to the pages before and after; the page is the action's last argument."""
    row: list[say.Button] = []
    if page:
        row.append(context.button("button.earlier", action, *args, page - 1))
    if (page + 1) * size < many:
        row.append(context.button("button.more", action, *args, page + 1))
    return row


def rules_line(context: Context, round_: Round) -> str:
    """The rules of a round, a line each."""
    lines = [context.words("match.rule_capacity", count=round_.capacity)]
    lines += [
        context.words(f"match.rule_{name}_{'on' if on else 'off'}")
        for name, on in (("keep", round_.keep), ("balance", round_.balance), ("priority", round_.priority))
    ]
    return Block("\n".join(lines))


def why(context: Context, row: PupilRow, mentor: str, names: dict[int, str]) -> str:
    """Why a pupil got this mentor, as a sentence for those who co-ordinate."""
    if row.mentor is None:
        return context.words("match.why_nobody")
    said = context.words(f"match.why_{row.why or Why.FILLED}", mentor=mentor)
    if not row.unmet:
        return said
    before = [
        context.words(
            f"match.unmet_{_word(letter)}", rank=context.words(f"match.rank_{rank}"), mentor=names.get(wished, "")
        )
        for letter, rank, wished in zip(row.unmet, RANKS, row.wishes, strict=False)
    ]
    return "\n".join([said, *before])


def _word(letter: str) -> str:
    return {FULL: "full", BALANCE: "balance"}.get(letter, "never")


def rest_of_guardian(unit: Unit, quiet: tuple[int, int], school: SchoolSettings) -> int | None:
    """When a guardian's quiet hours end (ms since 1970); nothing outside them."""
    at = hours.quiet_until(school.zone, quiet, unit.now) if school.keep_hours else None
    return None if at is None else to_ms(at)


def rest_of_staff(unit: Unit, school_id: int, open_: tuple[int, int], school: SchoolSettings) -> int | None:
    """When the hours of a member of staff begin again (ms since 1970); nothing within them."""
    if not school.keep_hours:
        return None
    at = hours.opens_at(calendar_of(unit, school_id, school.zone), open_, unit.now)
    return None if at is None else to_ms(at)
