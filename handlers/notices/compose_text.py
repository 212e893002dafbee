"""What a notice says: whatever its author sends is gathered, piece by piece; its title; the same in the other language."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.events.pieces import of as piece_of
from handlers.incoming import Wrote
from handlers.media import CAPTION, CAPTIONED
from handlers.notices import compose, compose_question, feed, shown
from handlers.notices.compose_draft import asks, first, holds, lacks, mine, other, typed
from handlers.texts import LANGUAGES, Block, units
from models.duties.forms import Asked
from models.notices import notices
from models.notices.content import LONGEST_TITLE, Content, Piece, is_seen
from models.notices.tables import Notice

MOST = 10
"""Pieces of a notice: more would be a chain of messages in a parent's chat."""
TITLE = "title"
INSTEAD = "instead "
"""Before a language: the next piece takes the place of all that is there."""


def language_of(text: str) -> str:
    """In which language somebody writes: Chinese where there is a Chinese character."""
    return "zh_CN" if any("\u3400" <= sign <= "\u9fff" for sign in text) else "en"


# --- gathered ---


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A text, a picture, a file, a poll: one more piece of the draft that is on the screen."""
    notice = typed(context, wanted.subject_id)
    if notice is None:
        return True
    holds(context, notice, wanted.extra)
    if event.media is not None and event.media.get("kind") == "poll":
        compose_question.takes_poll(context, notice, event)
        return True
    found = piece_of(event)
    if found is None:
        context.say("nwrite.not_this", buttons=_rows(context, notice), reply_to=event.place_id)
        return True
    _add(context, notice, event, Piece(found["text"], tuple(found["spans"]), found["media"]), wanted.extra)
    return True


def _add(context: Context, notice: Notice, event: Wrote, piece: Piece, language: str) -> None:
    content = notices.content(context.unit, notice)
    instead = language.startswith(INSTEAD)
    language = language.removeprefix(INSTEAD)
    if instead:
        content = content.with_(pieces={**content.pieces, language: ()})
    if language not in LANGUAGES:
        # Nobody is asked in which language the first words are.
        language = first(content) if content.languages else language_of(piece.text) if piece.text else context.language
    fresh = _with(content, language, piece)
    count = len(fresh.pieces[language])
    if count > MOST:
        context.say("nwrite.full", most=MOST, buttons=_rows(context, notice), reply_to=event.place_id)
        return
    if piece.media is not None and units(piece.text) > CAPTION:
        context.say("nwrite.caption_long", most=CAPTION, count=units(piece.text), reply_to=event.place_id)
        return
    over = too_long(context, notice, fresh)
    if over:
        context.say("nwrite.too_long", over=over, buttons=_rows(context, notice), reply_to=event.place_id)
        return
    notices.write(context.unit, notice, fresh)
    holds(context, notice, language)
    who = context.who
    if event.album is None or context.unit.once(f"nwgot:{notice.id}:{event.album}", who.bot_id, who.user_id):
        key = "nwrite.got_album" if event.album is not None else "nwrite.got"
        rows = _rows(context, notice)
        if language != first(fresh) and lacks(fresh):
            name = context.words(f"nwrite.language_{language}")
            rows.insert(0, [context.button("button.nw_fill_other", "nwlang", notice.id, name=name)])
        context.say(key, count=count, buttons=rows, reply_to=event.place_id)


def _with(content: Content, language: str, piece: Piece) -> Content:
    known = content.pieces.get(language, ())
    base = content.pieces.get(first(content), ())
    if not known and language != first(content) and piece.media is None:
        # The same pictures and files belong to the words in the other language.
        media = [Piece("", (), one.media) for one in base if one.media is not None]
        alone = len(media) == 1 == len(base) and media[0].media is not None and media[0].media["kind"] in CAPTIONED
        known = (Piece(piece.text, piece.spans, media[0].media),) if alone else (*media, piece)
    else:
        known = (*known, piece)
    return content.with_(pieces={**content.pieces, language: known})


def too_long(context: Context, notice: Notice, content: Content) -> int:
    """By how many characters its longest message is too long; 0 where it is not."""
    sheet = feed.sheet_of(context.unit, notice)
    sheet.content = content
    return max([0, *(shown.longest(sheet, language) - shown.LIMIT for language in content.languages)])


def _rows(context: Context, notice: Notice) -> list[list[say.Button]]:
    return [[context.button("button.nw_done", "nwboard", notice.id)]]


# --- changed ---


def words(context: Context, notice_id: int) -> None:
    """What it says, and how that is changed."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    holds(context, notice)
    content, row = notices.content(context.unit, notice), notice.id
    language = other(content)
    rows = [[context.button("button.nw_anew", "nwanew", row, first(content))]]
    if len(content.pieces.get(first(content), ())) > 1:
        rows.append([context.button("button.nw_less", "nwless", row, first(content))])
    if content.pieces.get(first(content)):
        rows.append([context.button(f"button.nw_in_{language}", "nwlang", row)])
    rows.append([context.button("button.nw_title", "nwtitle", row)])
    rows.append([context.button("button.nw_back", "nwboard", row)])
    context.change("nwrite.words", buttons=rows, lines=Block("\n".join(_lines(context, content))))


def _lines(context: Context, content: Content) -> list[str]:
    found = []
    for number, one in enumerate(content.pieces.get(first(content), ()), 1):
        kind = context.words(f"nwrite.piece_{one.media['kind']}") if one.media is not None else ""
        text = " ".join(one.text.split())
        if len(text) > compose.BEGINNING:
            text = text[: compose.BEGINNING - 1] + "…"
        found.append(f"{number}. {kind}{text}")
    return found


def anew(context: Context, notice_id: int, language: str) -> None:
    """Its words in that language are written anew: what is there stays until something else has come."""
    notice = mine(context, notice_id)
    if notice is None or language not in LANGUAGES:
        return
    context.toast()
    holds(context, notice, INSTEAD + language)
    context.change("nwrite.anew", buttons=[[context.button("button.nw_back", "nwboard", notice.id)]])


def less(context: Context, notice_id: int, language: str) -> None:
    """Without its last piece."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    content = notices.content(context.unit, notice)
    known = content.pieces.get(language, ())
    if len(known) > 1:
        notices.write(context.unit, notice, content.with_(pieces={**content.pieces, language: known[:-1]}))
    words(context, notice_id)


# --- the other language ---


def in_other(context: Context, notice_id: int) -> None:
    """The same in the other language: what is there, and what that lacks."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    content, row = notices.content(context.unit, notice), notice.id
    if not content.pieces.get(first(content)):
        compose.board(context, notice)
        return
    language = other(content)
    holds(context, notice, language)
    has = bool(content.pieces.get(language))
    rows = []
    if has:
        if content.title.get(first(content)) and not content.title.get(language):
            rows.append([context.button("button.nw_title_too", "nwtitlel", row, language)])
        if content.slip is not None and language not in content.slip.text:
            rows.append([context.button("button.nw_slip_too", "nwqother", row, compose_question.SLIP)])
        rows += [
            [context.button("button.nw_question_too", "nwqother", row, number, number=number + 1)]
            for number, one in enumerate(content.questions)
            if language not in one.text
        ]
        rows.append([context.button("button.nw_no_other", "nwnolang", row)])
    rows.append([context.button("button.nw_back", "nwboard", row)])
    key = "nwrite.other_has" if has else "nwrite.other_ask"
    context.change(key, buttons=rows, name=context.words(f"nwrite.language_{language}"))


def without_other(context: Context, notice_id: int) -> None:
    """Everybody gets the first words after all."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    content = notices.content(context.unit, notice)
    kept = {first(content): content.pieces.get(first(content), ())}
    notices.write(context.unit, notice, content.with_(pieces=kept))
    compose.board(context, notice)


# --- the title ---


def ask_title(context: Context, notice_id: int) -> None:
    """What is it called in lists?"""
    notice = mine(context, notice_id)
    if notice is not None:
        _ask_title(context, notice, first(notices.content(context.unit, notice)))


def ask_title_in(context: Context, notice_id: int, language: str) -> None:
    """The title in that language."""
    notice = mine(context, notice_id)
    if notice is not None and language in LANGUAGES:
        _ask_title(context, notice, language)


def _ask_title(context: Context, notice: Notice, language: str) -> None:
    context.toast()
    content = notices.content(context.unit, notice)
    asks(context, notice, f"{TITLE} {language}")
    rows = [[context.button("button.nw_no_title", "nwnotitle", notice.id)]] if content.title else []
    rows.append([context.button("button.nw_back", "nwboard", notice.id)])
    now = content.called(language)
    context.change("nwrite.title" if now else "nwrite.title_needed", buttons=rows, now=now, most=LONGEST_TITLE)


def takes_title(context: Context, notice: Notice, event: Wrote, language: str) -> None:
    """The title, on one line."""
    text = " ".join(event.text.split()) if is_seen(event.text) else ""
    if len(text) > LONGEST_TITLE:
        context.say("nwrite.title_long", most=LONGEST_TITLE, count=len(text), reply_to=event.place_id)
        return
    content = notices.content(context.unit, notice)
    notices.write(context.unit, notice, content.with_(title={**content.title, language: text}))
    compose.board(context, notice)


def no_title(context: Context, notice_id: int) -> None:
    """The first line will do."""
    notice = mine(context, notice_id)
    if notice is None:
        return
    context.toast()
    notices.write(context.unit, notice, notices.content(context.unit, notice).with_(title={}))
    compose.board(context, notice)


PRESSES: dict[str, Press] = {
    "nwwords": Press(words, (int,)),
    "nwanew": Press(anew, (int, str)),
    "nwless": Press(less, (int, str)),
    "nwlang": Press(in_other, (int,)),
    "nwnolang": Press(without_other, (int,)),
    "nwtitle": Press(ask_title, (int,)),
    "nwtitlel": Press(ask_title_in, (int, str)),
    "nwnotitle": Press(no_title, (int,)),
}
