"""A correction: other words for what is out, typed, looked at as a parent sees them, then set in place for everybody."""

from __future__ import annotations

from dataclasses import replace

from handlers import say
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.media import CAPTION, CAPTIONED
from handlers.notices import compose_preview, panel, shown
from handlers.notices.asks import Answers
from handlers.notices.checks import sentences
from handlers.notices.feed import sheet_of
from handlers.notices.going import tended
from handlers.texts import Block, units
from models.duties import forms
from models.duties.forms import Asked
from models.notices import checks, counts, mending, notices, proposals
from models.notices.content import Content, Piece
from models.notices.mending import CORRECTABLE
from models.notices.states import NoticeState
from models.notices.tables import Notice

KIND = forms.NOTICE_MENDED


def _correctable(context: Context, notice_id: int) -> Notice | None:
    notice = tended(context, notice_id)
    if notice is None:
        return None
    if NoticeState(notice.state) not in CORRECTABLE:
        context.toast("nrun.not_correctable", alert=True)
        return None
    return notice


def ask(context: Context, notice_id: int) -> None:
    """New words: in which language, where there are several."""
    notice = _correctable(context, notice_id)
    if notice is None:
        return
    languages = notices.content(context.unit, notice).languages
    if len(languages) == 1:
        ask_words(context, notice_id, languages[0])
        return
    context.toast()
    rows = [[context.button(f"nrun.language_{one[:2]}", "nrfixl", notice.id, one)] for one in languages]
    context.say("nrun.fix_language", buttons=[*rows, [_leave(context, notice)]])


def ask_words(context: Context, notice_id: int, language: str) -> None:
    """New words for one language."""
    notice = _correctable(context, notice_id)
    if notice is None:
        return
    content = notices.content(context.unit, notice)
    if language not in content.languages:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, KIND, notice.id, language)
    stays = "nrun.fix_media_stays" if content.has_media else "nrun.fix_stays"
    context.say("nrun.fix_type", stays=context.words(stays), buttons=[[_leave(context, notice)]])


def _leave(context: Context, notice: Notice) -> say.Button:
    return context.button("button.nr_fix_leave", "nrfixno", notice.id)


def leave(context: Context, notice_id: int) -> None:
    """Everything stays as it is."""
    forms.end(context.unit, context.who)
    context.toast("nrun.fix_left")
    notice = tended(context, notice_id)
    if notice is not None:
        context.change("nrun.fix_left_long", buttons=[[context.button("button.nr_see", "nrsee", notice.id)]])


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The new words: shown as a parent will see them, and asked once more."""
    notice = _correctable(context, wanted.subject_id)
    content = None if notice is None else notices.content(context.unit, notice)
    if notice is None or content is None or wanted.extra not in content.languages:
        # What was meant for many goes to no family instead.
        forms.end(context.unit, context.who)
        context.say("nrun.not_correctable", reply_to=event.place_id)
        return True
    if event.media is not None or not event.text.strip():
        once = f"nrfix:{notice.id}:{event.album}"
        if event.album is None or context.unit.once(once, context.who.bot_id, context.who.user_id):
            context.say("nrun.fix_words", buttons=[[_leave(context, notice)]], reply_to=event.place_id)
        return True
    fresh = with_words(content, wanted.extra, Piece(event.text, tuple(event.spans)))
    over = _over(context, notice, fresh, wanted.extra)
    if over > 0:
        context.say("nrun.fix_too_long", count=over, buttons=[[_leave(context, notice)]], reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    proposal = proposals.keep(context.unit, notice, context.who, fresh)
    _preview(context, notice, fresh, wanted.extra)
    warned = _findings(context, notice, fresh)
    if warned:
        context.say("nrun.fix_look", lines=Block("\n".join(f"· {one}" for one in warned)))
    context.say(
        "nrun.fix_ask",
        lines=Block("\n".join(_effect(context, notice, fresh, wanted.extra))),
        buttons=[
            [context.button("button.nr_fix_yes", "nrfixy", proposal)],
            [context.button("button.nr_fix_again", "nrfixl", notice.id, wanted.extra)],
            [_leave(context, notice)],
        ],
    )
    return True


def _effect(context: Context, notice: Notice, content: Content, language: str) -> list[str]:
    """What it means for those who have the notice and for those who do not. Nobody is counted by language."""
    if len(content.languages) > 1:
        return [context.words("nrun.fix_one", name=context.words(f"nrun.language_{language[:2]}"))]
    found = counts.of(context.unit, notice.id)
    lines = [context.words("nrun.fix_have", sent=found.sent)] if found.sent else []
    left = found.left + found.resting + found.in_list
    return [*lines, context.words("nrun.fix_will", left=left)] if left else lines


def with_words(content: Content, language: str, piece: Piece) -> Content:
    """The same content with other words in one language: a caption stays a caption, files stay as they are."""
    said = content.pieces[language]
    media = [one for one in said if one.media is not None]
    if len(said) == 1 and media and media[0].media is not None and media[0].media["kind"] in CAPTIONED:
        fresh: tuple[Piece, ...] = (Piece(piece.text, piece.spans, media[0].media),)
    else:
        fresh = (*media, piece)
    return content.with_(pieces={**content.pieces, language: fresh})


def _over(context: Context, notice: Notice, content: Content, language: str) -> int:
    """How much too long it is: a caption has less room than a message, also where it stands already."""
    sheet = sheet_of(context.unit, notice)
    reach = replace(context.reach, language=language)
    piece, _, _ = shown.last_part(sheet, reach, [], family=sheet.audience.families, answers=Answers())
    sheet.content = content
    said = content.said(language)
    caption = units(said[0].text) - CAPTION if len(said) == 1 and said[0].media is not None else 0
    return max(caption, shown.longest(sheet, language) - (CAPTION if piece is not None else shown.LIMIT))


def _findings(context: Context, notice: Notice, content: Content) -> list[str]:
    """What should be looked at in the new words."""
    unit, school, written = context.unit, context.school, content.words
    names = checks.pupils_in(unit, written, checks.schools_of(unit, notices.audience(notice)))
    found = [checks.Finding("pupil", "、".join(names[: checks.SHOWN]))] if names else []
    found += checks.words_in(written) + checks.numbers_in(written, (school.help_phone, school.duty_phone))
    return sentences(context, notice, found + checks.links_in(content))


def _preview(context: Context, notice: Notice, content: Content, language: str) -> None:
    """All that readers of that language will see, with buttons that do nothing."""
    only = content.with_(pieces={language: content.pieces[language]})
    for kind, payload in compose_preview.messages(context.unit, notice, context.reach, only):
        context.unit.queue(
            answers=True, bot_id=context.who.bot_id, chat_id=context.who.user_id, kind=kind, payload=payload
        )


def apply(context: Context, proposal_id: int) -> None:
    """From now on it says the new words; who has it sees them in the same place."""
    found = proposals.one(context.unit, proposal_id, context.who)
    notice = None if found is None or found.again_of is None else _correctable(context, found.again_of)
    if found is None or notice is None:
        context.toast("help.button_gone", alert=True)
        return
    if found.version != notice.version or not mending.correct(
        context.unit, notice, notices.content(context.unit, found)
    ):
        context.toast("nrun.fix_crossed", alert=True)
        panel.open_here(context, notice)
        return
    context.toast("nrun.fix_begins")
    context.unit.session.refresh(notice)
    panel.open_here(context, notice)
    if notice.author_id not in context.who.person_ids:
        panel.refresh(context.unit, notice, context.school, last=True)


PRESSES: dict[str, Press] = {
    "nrfix": Press(ask, (int,)),
    "nrfixl": Press(ask_words, (int, str)),
    "nrfixno": Press(leave, (int,)),
    "nrfixy": Press(apply, (int,)),
}
TEXTS = {KIND: takes}
