"""The town's notices: from each kind of sender in each state, with those who got them and what they signed."""

from __future__ import annotations

import json

from models.base import new_id
from models.notices import tables as n
from models.notices.content import Content, Piece, Question
from models.notices.states import NoticeState, With
from tests.isolation.people import LINES
from tests.isolation.rows import BOT, DAY, Rows
from tests.isolation.talk import user_of

AUDIENCES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("M2", "mentor", {"mentor": "M2"}),
    ("M1", "class", {"classes": ["A1"]}),
    ("ADMIN", "school", {"schools": ["A"]}),
    ("ADMINB", "school", {"schools": ["B"]}),
    ("CENTRE", "centre", {}),
    ("MB", "class", {"classes": ["B1"]}),
)


def notices(rows: Rows) -> None:
    """Notices from each kind of sender, templates, freezes."""
    for author, level, audience in AUDIENCES:
        for state in NoticeState:
            _notice(rows, author, level, audience, state)
    for school, admin in (("A", "ADMIN"), ("B", "ADMINB")):
        row = new_id()
        word = rows.birds.hatch("template", school=rows.names[school])
        rows.put(
            n.NoticeTemplate,
            id=row,
            school_id=rows.names[school],
            bot_id=BOT,
            author_id=rows.names[admin],
            sealed_name=f"{word} 模板",
            sealed_content=Content(pieces={"zh_CN": (Piece(f"{word} 各位家长"),)}).to_json(),
            created_at=rows.now_ms,
        )
        rows.put(
            n.Freeze,
            scope="role",
            role="mentor",
            school_id=rows.names["B"],
            set_by=rows.names["ADMINB"],
            set_at=rows.now_ms - DAY,
            lifted_at=rows.now_ms - 1,
            lifted_by=rows.names["ADMINB"],
        )


def _receivers(rows: Rows, level: str, audience: dict[str, object]) -> list[str]:
    found = {
        "mentor": ("G1", "G3", "GNC"),
        "centre": ("G1", "G2", "G6", "GB"),
    }
    if level in found:
        return list(found[level])
    wanted = {"A1", "A2"} if audience.get("schools") == ["A"] else {"B1"}
    if "classes" in audience:
        wanted = set(audience["classes"])  # type: ignore[call-overload]
    return [one for _, label, _, guardians in LINES for one in guardians if label in wanted and one != "G7"]


def _notice(rows: Rows, author: str, level: str, audience: dict[str, object], state: NoticeState) -> None:
    names, row = rows.names, new_id()
    word = rows.birds.hatch("notice", notice=row)
    asked = Question({"zh_CN": f"{word} 去吗"}, {"zh_CN": ("去", "不去")})
    content = Content(
        title={"zh_CN": f"{word} 通知"},
        pieces={"zh_CN": (Piece(f"{word} 各位家长"),)},
        read=True,
        slip=asked,
        questions=(asked,),
    )
    whom = {
        key: [names[one] for one in value] if isinstance(value, list) else names[str(value)]
        for key, value in audience.items()
    }
    decided = state not in (NoticeState.DRAFT, NoticeState.ASKED, NoticeState.DROPPED)
    out = decided and state is not NoticeState.PLANNED
    rows.put(
        n.Notice,
        id=row,
        school_id=names["B" if author in ("MB", "ADMINB") else "A"],
        author_id=names[author],
        bot_id=BOT,
        level=level,
        audience=json.dumps({"whom": "guardians", **whom}),
        sealed_content=content.to_json(),
        state=state.value,
        starts_at=rows.now_ms + DAY if state is NoticeState.PLANNED else None,
        valid_until=rows.now_ms + 5 * DAY,
        asked_at=rows.now_ms - DAY if state is NoticeState.ASKED else None,
        created_at=rows.now_ms - 2 * DAY,
        began_at=rows.now_ms - DAY if out else None,
        listed_at=rows.now_ms - DAY if out else None,
        ended_at=rows.now_ms - 600_000
        if state in (NoticeState.DONE, NoticeState.STOPPED, NoticeState.RECALLED)
        else None,
        panel_bot=BOT if out else None,
        panel_chat=user_of(rows, names[author]) if out else None,
        panel_place=60_000 + len(rows.of(n.Notice)) if out else None,
        reported_at=rows.now_ms if out else None,
    )
    if not out:
        return
    had = {NoticeState.RECALLED: With.RECALLED, NoticeState.PAUSED: With.WAITING}.get(state, With.SENT)
    seen: set[int] = set()
    for one in _receivers(rows, level, audience):
        user = user_of(rows, names[one])
        if user is None or user in seen:
            continue
        seen.add(user)
        pupil = next(child for child, _, _, guardians in LINES if one in guardians)
        rows.put(
            n.NoticeRecipient,
            notice_id=row,
            person_id=names[one],
            bot_id=BOT,
            user_id=user,
            class_id=names[next(label for child, label, _, _ in LINES if child == pupil)],
            state=(With.WITHHELD if one == "GNC" else had).value,
            place_id=None if had is With.WAITING else 70_000 + len(rows.of(n.NoticeRecipient)),
            version=1,
            sent_at=None if had is With.WAITING else rows.now_ms - DAY,
        )
        slip = new_id()
        rows.put(
            n.NoticeSlip,
            id=slip,
            notice_id=row,
            pupil_id=names[pupil],
            person_id=names[one],
            choice=0,
            version=1,
            sealed_name=f"李{rows.birds.hatch('slip', notice=row, person=names[one])}",
            signed_at=rows.now_ms - 600_000,
        )
