"""The copy of a message that the other side gets: its header, its parts, its buttons. Everything here can be made again
from the record alone, so that an edit finds what stands there.

A copy's parts are numbered from 0; a header that stands alone (above what carries no caption, and above a mentor's
albums, because an album carries no buttons) is part HEADER.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from handlers import say
from handlers.context import Context, rich, tell
from handlers.media import CAPTION, CAPTIONED, Media, albums
from handlers.split import LIMIT, pieces, shifted
from handlers.texts import Rich, catalogue, render, units, words
from models import freezing
from models.base import from_ms
from models.checklist import items
from models.conversation import HEADER, Body
from models.standing import Line, Reach
from models.unit import Unit

ICON = "📋"
NEED_TO_KNOW = 2
"""From this level of a checklist item on, a text is covered until it is tapped, in notifications too."""


@dataclass(frozen=True, slots=True)
class Copy:
    """All that the other side's copy of a message is made of."""

    line: Line
    by_guardian: bool
    author_id: int | None
    thread_id: int
    message_id: int
    body: Body
    to: Reach
    item_id: int | None = None
    edited_at: int | None = None
    """Milliseconds since 1970."""
    hurried: bool = False
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a copy: a text, or a piece with its caption (or none, where its kind has none)."""

    number: int
    rich: Rich | None
    piece: Media | None = None

    @property
    def what(self) -> str:
        """What of it an edit changes."""
        return "text" if self.piece is None else "media"


def relation_word(language: str, relation: str) -> str:
    """A relation in a language; what the school wrote itself stays as it is."""
    return catalogue(language).get(f"relation.{relation}", relation)


def _header(copy: Copy) -> Rich:
    line, language = copy.line, copy.to.language
    if copy.by_guardian:
        key = "relay.header_to_mentor"
        if copy.to is line.substitute or (line.substitute is not None and copy.to.user_id == line.substitute.user_id):
            key = "relay.header_to_substitute"
        found = render(
            language,
            key,
            child=line.pupil_name,
            group=line.school_class,
            relation=relation_word(language, line.relation),
            mentor=line.mentor_name or "",
        )
    elif copy.author_id is not None and copy.author_id == line.substitute_id:
        found = render(
            language,
            "relay.header_from_substitute",
            child=line.pupil_name,
            mentor=line.mentor_name or "",
            substitute=line.substitute_name or "",
        )
    else:
        found = render(language, "relay.header_to_guardian", child=line.pupil_name, mentor=line.mentor_name or "")
    if copy.hurried:
        mark = words(language, "relay.hurried") + " "
        found = Rich(mark + found.text, tuple(shifted(found.spans, units(mark))))
    if copy.edited_at is not None:
        at = from_ms(copy.edited_at).astimezone(ZoneInfo(copy.zone))
        mark = words(language, "relay.edited_mark", time=f"{at:%H:%M}")
        found = Rich(f"{found.text} · {mark}", found.spans)
    if copy.body.about:
        above = words(language, "nread.about", about=copy.body.about)
        found = Rich(f"{found.text}\n{above}", found.spans)
    return found


def _joined(header: Rich, text: str, spans: Sequence[dict[str, object]]) -> Rich:
    if not text:
        return header
    first = units(header.text) + 1
    return Rich(f"{header.text}\n{text}", (*header.spans, *shifted(spans, first)))


def _covered(body: Body) -> Body:
    """The same behind a tap: a notification shows nothing of it, and neither does a glance over a shoulder."""

    def cover(text: str, spans: Sequence[dict[str, object]]) -> tuple[dict[str, object], ...]:
        whole = {"type": "spoiler", "offset": 0, "length": units(text)}
        return (*(span for span in spans if span["type"] in ("bold", "italic", "underline", "strikethrough")), whole)

    media = tuple(
        {**piece, "spoiler": True}
        | ({"spans": list(cover(piece["text"], piece["spans"]))} if piece.get("text") else {})
        for piece in body.media
    )
    return replace(body, spans=cover(body.text, body.spans) if body.text else (), media=media)


def parts_of(unit: Unit, copy: Copy) -> tuple[Rich, list[Part]]:
    """The header and the parts of a copy, in the order in which they are sent."""
    header = _header(copy)
    body = copy.body
    if copy.item_id is not None and items.level(unit, copy.item_id) >= NEED_TO_KNOW:
        body = _covered(body)
    if not body.media:
        whole = _joined(header, body.text, body.spans)
        if units(whole.text) <= LIMIT:
            return header, [Part(0, whole)]
        # Nothing is cut out of what was written: the header goes ahead alone.
        return header, [Part(HEADER, header), *_texts(body, 0)]
    if len(body.media) == 1:
        piece = body.media[0]
        if piece["kind"] not in CAPTIONED:
            return header, [Part(HEADER, header), Part(0, None, piece)]
        whole = _joined(header, body.text, body.spans)
        if units(whole.text) <= CAPTION:
            return header, [Part(0, whole, piece)]
        return header, [Part(0, header, piece), *_texts(body, 1)]
    found: list[Part] = []
    first = rich(body.media[0].get("text", ""), body.media[0].get("spans", ()))
    together = _joined(header, first.text, first.spans)
    alone = copy.by_guardian or units(together.text) > CAPTION
    if alone:
        found.append(Part(HEADER, header))
    for number, piece in enumerate(body.media):
        caption = rich(piece.get("text", ""), piece.get("spans", ()))
        if number == 0 and not alone:
            caption = together
        found.append(Part(number, caption, piece))
    return header, found


def _texts(body: Body, first: int) -> list[Part]:
    return [Part(number, piece) for number, piece in enumerate(pieces(rich(body.text, body.spans)), first)]


def buttons_of(unit: Unit, copy: Copy) -> list[list[say.Button]]:
    """What stands under a mentor's copy: answer, and what it is about. A guardian's copy has none: a reply is enough."""
    if not copy.by_guardian:
        return []
    to = copy.to
    answer = say.Button(
        words(to.language, "button.answer"), say.sign(unit.vault, to.bot_id, to.user_id, "answer", copy.thread_id)
    )
    return [[answer, *items_button(unit, copy)]]


def topic_button(unit: Unit, to: Reach, message_id: int, item_id: int | None) -> say.Button:
    """The quiet button under a mentor's copy: what it is about, or that nobody has said so."""
    found = None if item_id is None else items.item(unit, item_id)
    shown = words(to.language, "button.topic") if found is None else found.title(to.language)
    return say.Button(f"{ICON} {shown}"[:60], say.sign(unit.vault, to.bot_id, to.user_id, "kitem", message_id))


def items_button(unit: Unit, copy: Copy) -> list[say.Button]:
    """The quiet button that says what a message is about."""

    return [topic_button(unit, copy.to, copy.message_id, copy.item_id)]


def queue(
    unit: Unit,
    copy: Copy,
    *,
    origin: tuple[int, int] | None,
    reply_place: int | None = None,
    reply_to_id: int | None = None,
    silent: bool = False,
    topic: tuple[int, int] | None = None,
) -> None:
    """Puts a copy on its way. `origin` is chat and place of the writer's own message, which gets a sign on arrival."""
    header, parts = parts_of(unit, copy)
    rows = buttons_of(unit, copy)
    to = copy.to
    chat_id = to.room if to.room is not None and topic is not None else to.user_id
    mark = {"at": units(header.text), "text": words(to.language, "relay.maybe_repeat")}
    runs = _runs(parts)
    with_buttons = 0 if runs[0][0].number == HEADER else len(runs) - 1
    # What belongs to a picture waits with it where a freeze stops it; a text goes on.
    author_id = copy.author_id if copy.body.media else None
    if author_id is not None:
        _tell_frozen(unit, copy, author_id)
    for count, run in enumerate(runs):
        last = count == len(runs) - 1
        then: dict[str, object] = {
            "thread": copy.thread_id,
            "message": copy.message_id,
            "parts": [p.number for p in run],
        }
        if last:
            then["delivered"] = True
            if origin is not None:
                then["react"] = list(origin)
        first = count == 0
        under = None
        if not first and run[0].piece is not None:
            under = (copy.message_id, parts[0].number)
        elif first and reply_place is None and reply_to_id is not None:
            under = (reply_to_id, 0)
        where = say.Where(
            reply_to=reply_place if first else None,
            quote=copy.body.quote if first and run[0].number == 0 else None,
            under=under,
            topic_of=topic,
            silent=silent or not first,
        )
        under_it = rows if count == with_buttons else ()
        if len(run) > 1:
            kind = say.ALBUM
            payload = say.album(
                [(p.piece or {}, p.rich or Rich("")) for p in run], where=where, then=then, mark=mark if first else None
            )
        elif run[0].piece is not None:
            kind = say.MEDIA
            payload = say.media(
                run[0].piece, run[0].rich, buttons=under_it, where=where, then=then, mark=mark if first else None
            )
        else:
            kind = say.TEXT
            payload = say.text(
                run[0].rich or header, buttons=under_it, where=where, then=then, mark=mark if first else None
            )
        unit.queue(
            bot_id=to.bot_id,
            chat_id=chat_id,
            kind=kind,
            message_id=copy.message_id,
            payload=payload,
            author_id=author_id,
        )


def _tell_frozen(unit: Unit, copy: Copy, author_id: int) -> None:
    """Tells the writer once that pictures and files wait at the moment."""
    met = freezing.meets(unit, author_id)
    ends = (copy.line.guardian,) if copy.by_guardian else (copy.line.mentor, copy.line.substitute)
    people = (copy.line.guardian_id,) if copy.by_guardian else (copy.line.mentor_id, copy.line.substitute_id)
    writer = next((one for one, person in zip(ends, people, strict=True) if person == author_id), None)
    if met is not None and writer is not None:
        tell(unit, writer, "freeze.writer", dedupe_key=f"frozen:{met}:{author_id}", answers=True)


def _runs(parts: list[Part]) -> list[list[Part]]:
    """Parts that go out as one call each: albums together, all else alone."""
    pieces_ = [(n, p.piece) for n, p in enumerate(parts) if p.piece is not None]
    if len(pieces_) < 2:
        return [[part] for part in parts]
    found = [[part] for part in parts if part.piece is None and part.number == HEADER]
    found += [[parts[n] for n, _ in run] for run in albums(pieces_)]
    return found


def show(context: Context, body: Body) -> None:
    """Shows a message's words and pictures to this person, without a header."""
    unit, who = context.unit, context.who
    for piece in pieces(rich(body.text, body.spans)) if body.text and not body.media else ():
        unit.queue(answers=True, bot_id=who.bot_id, chat_id=who.user_id, kind=say.TEXT, payload=say.text(piece))
    parts = [
        Part(
            number,
            rich(piece.get("text", body.text), piece.get("spans", body.spans)) if piece["kind"] in CAPTIONED else None,
            piece,
        )
        for number, piece in enumerate(body.media)
    ]
    for run in _runs(parts):
        if len(run) > 1:
            kind, payload = say.ALBUM, say.album([(p.piece or {}, p.rich or Rich("")) for p in run])
        else:
            kind, payload = say.MEDIA, say.media(run[0].piece or {}, run[0].rich)
        unit.queue(answers=True, bot_id=who.bot_id, chat_id=who.user_id, kind=kind, payload=payload)
