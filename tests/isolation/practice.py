"""The rest of the practice in the town: rounds of matching, files and handovers, the directory, evidence, rights, training."""

from __future__ import annotations

import json
from datetime import timedelta

from models.base import new_id
from models.city.tables import MentorPoll, MentorPollAsk
from models.directory import tables as d
from models.evidence.tables import EvidenceSheet, EvidenceWords
from models.matching import tables as m
from models.rights.tables import Correction, ThreadLook
from models.training.tables import TrainingCase, TrainingHours
from tests.isolation.people import LINES
from tests.isolation.rows import DAY, Rows

MENTORS = ("M1", "M2", "M3", "M4", "MB")
ROUNDS = (("A", "A1", "wishes"), ("A", "A2", "proposed"), ("B", "B1", "proposed"))


def practice(rows: Rows) -> None:
    """All of it."""
    for part in (_matching, _directory, _rights, _evidence):
        part(rows)


def _matching(rows: Rows) -> None:
    names = rows.names
    for school, label, state in ROUNDS:
        admin = "ADMIN" if school == "A" else "ADMINB"
        one = rows.put(
            m.MatchRound,
            school_id=names[school],
            scope="class",
            name=label,
            state=state,
            wishes_until=rows.now_ms + 5 * DAY,
            capacity=12,
            seed=7,
            created_by=names[admin],
            created_at=rows.now_ms - 9 * DAY,
            opened_at=rows.now_ms - 8 * DAY,
            proposed_at=rows.now_ms - DAY if state == "proposed" else None,
            shown_at=rows.now_ms - DAY if state == "proposed" else None,
        )
        rows.put(m.MatchClass, round_id=one, class_id=names[label])
        mentors = [name for name in MENTORS if (name == "MB") == (school == "B")]
        for pupil, group, mentor, guardians in LINES:
            if group != label:
                continue
            row = new_id()
            rows.put(
                m.MatchPupil,
                id=row,
                round_id=one,
                pupil_id=names[pupil],
                sealed_wish=" ".join(str(names[name]) for name in mentors[:3]),
                wished_by=names[guardians[0]],
                wished_at=rows.now_ms - DAY,
                sealed_facts="f0",
                mentor_id=names[mentors[0]] if state == "proposed" else None,
                former_id=names[mentor] if mentor else None,
            )
        for name in mentors:
            row = new_id()
            wished = " ".join(str(names[pupil]) for pupil, group, *_ in LINES if group == label)
            rows.put(
                m.MatchMentor,
                id=row,
                round_id=one,
                person_id=names[name],
                sealed_wish=f"1|{wished}|",
                wished_at=rows.now_ms - DAY,
            )
    for pupil, by, mentor in (("P1", "G2", "M1"), ("P2", "M2", "M2"), ("P6", "G6", "M3"), ("PB", "GB", "MB")):
        row = new_id()
        rows.put(
            m.MentorRequest,
            id=row,
            school_id=names["B" if pupil == "PB" else "A"],
            pupil_id=names[pupil],
            asked_by=names[by],
            by_mentor=by == "M2",
            mentor_id=names[mentor],
            reason="way",
            sealed_words=f"{rows.birds.hatch('request', request=row)} 处不来",
            asked_at=rows.now_ms - DAY,
        )


def _directory(rows: Rows) -> None:
    names = rows.names
    for school, admin, asker, child in (("A", "ADMIN", "G1", "P1"), ("B", "ADMINB", "GB", "PB")):
        label = next(group for pupil, group, *_ in LINES if pupil == child)
        for sign_up, approver in (("open", None), ("admin", None), ("chief", None), ("person", admin)):
            card = new_id()
            name = f"{rows.birds.hatch('card', school=names[school])} 辅导站"
            content = {"name_zh": name, "name_en": name, "for_zh": "写作业", "for_en": "homework"}
            rows.put(
                d.DirectoryCard,
                id=card,
                school_id=names[school],
                code=sign_up,
                kind="station",
                sealed_content=json.dumps(content, ensure_ascii=False),
                places=10,
                sign_up=sign_up,
                approver_id=names[approver] if approver else None,
                created_at=rows.now_ms - 9 * DAY,
            )
            for state in ("open", "approved", "declined"):
                row = new_id()
                rows.put(
                    d.DirectoryRequest,
                    id=row,
                    card_id=card,
                    school_id=names[school],
                    person_id=names[asker],
                    pupil_id=names[child],
                    class_id=names[label],
                    state=state,
                    sealed_word=f"{rows.birds.hatch('asked place', place=row)} 想去",
                    sealed_answer=f"{rows.birds.hatch('asked place', place=row)} 欢迎" if state != "open" else None,
                    decided_by=names[admin] if state != "open" else None,
                    at=rows.now_ms - DAY,
                    until=rows.now_ms + 9 * DAY if state == "approved" else None,
                    ended_at=rows.now_ms - 600_000 if state == "declined" else None,
                )
        for state in ("draft", "open", "asked", "approved", "declined"):
            row = new_id()
            rows.put(
                d.DirectoryOffer,
                id=row,
                class_id=names[label],
                person_id=names[asker],
                sealed_about=f"{rows.birds.hatch('can offer', offer=row)} 讲木工",
                sealed_question=f"{rows.birds.hatch('can offer', offer=row)} 哪天方便",
                state=state,
                at=rows.now_ms - DAY,
                ended_at=rows.now_ms - 600_000 if state == "declined" else None,
            )
        rows.put(
            d.DirectorySearch,
            account_id=names[f"@{asker}"],
            sealed_words=f"{rows.birds.hatch('search', account=names[f'@{asker}'])}",
            at=rows.now_ms - 60_000,
        )


def _rights(rows: Rows) -> None:
    names = rows.names
    for school, person, pupil, mentor in (("A", "G1", "P1", "M1"), ("A", "G3", "P3", "M2"), ("B", "GB", "PB", "MB")):
        for field, child in (("name", None), ("child", pupil)):
            row = new_id()
            rows.put(
                Correction,
                id=row,
                school_id=names[school],
                person_id=names[person],
                pupil_id=names[child] if child else None,
                field=field,
                sealed_value=f"李{rows.birds.hatch('correction', correction=row)}",
                at=rows.now_ms - DAY,
            )
        for state in ("asked", "agreed", "declined"):
            row = new_id()
            rows.put(
                ThreadLook,
                id=row,
                school_id=names[school],
                pupil_id=names[pupil],
                guardian_id=names[person],
                asked_by=names["ADMIN" if school == "A" else "ADMINB"],
                sealed_reason=f"{rows.birds.hatch('look', look=row)} 家长投诉",
                state=state,
                asked_at=rows.now_ms - 3_600_000,
                agreed_by=names[mentor] if state != "asked" else None,
                agreed_at=rows.now_ms - 1_800_000 if state != "asked" else None,
                until=rows.now_ms + DAY // 2 if state == "agreed" else None,
            )


def _evidence(rows: Rows) -> None:
    names, begins = rows.names, rows.now.date() - timedelta(days=70)
    for name in MENTORS:
        school = "B" if name == "MB" else "A"
        word, row, sheet = rows.birds.hatch("own words", person=names[name]), new_id(), new_id()
        rows.put(
            EvidenceWords,
            id=row,
            person_id=names[name],
            begins=begins,
            sealed_text=f"{word} 这学期",
            at=rows.now_ms - DAY,
        )
        handed = rows.birds.hatch("sheet", person=names[name], school=names[school])
        content = {
            "term_name": "本学期",
            "begins": begins.isoformat(),
            "ends": (begins + timedelta(days=140)).isoformat(),
            "lines": [],
            "words": f"{handed} 我做了",
        }
        rows.put(
            EvidenceSheet,
            id=sheet,
            school_id=names[school],
            person_id=names[name],
            begins=begins,
            ends=begins + timedelta(days=140),
            sealed_content=json.dumps(content, ensure_ascii=False),
            handed_at=rows.now_ms - DAY,
            noted_at=rows.now_ms if name in ("M1", "MB") else None,
            noted_by=names["ADMIN"] if name in ("M1", "MB") else None,
        )
        course = new_id()
        rows.put(
            TrainingHours,
            id=course,
            person_id=names[name],
            minutes=90,
            day=rows.now.date() - timedelta(days=9),
            sealed_name=f"{rows.birds.hatch('course', person=names[name])} 沟通课",
            at=rows.now_ms - DAY,
        )
    for school, asked in (("A", (("G1", "P1"), ("G3", "P3"))), ("B", (("GB", "PB"),))):
        row = new_id()
        word = rows.birds.hatch("training", school=names[school])
        texts = {
            f"{key}_{language}": f"{word} 故事"
            for key in ("title", "situation", "question", "thought")
            for language in ("zh", "en")
        }
        texts |= {f"steps_{language}": f"{word} 听" for language in ("zh", "en")}
        rows.put(
            TrainingCase,
            id=row,
            school_id=names[school],
            code="own",
            sealed_content=json.dumps({"code": "own", "stages": "", **texts}, ensure_ascii=False),
            at=rows.now_ms - DAY,
        )
        poll = rows.put(
            MentorPoll,
            school_id=names[school],
            year=rows.now.year,
            begun_at=rows.now_ms - DAY,
            listed_at=rows.now_ms - DAY,
            ends_at=rows.now_ms + 9 * DAY,
        )
        for guardian, pupil in asked:
            rows.put(
                MentorPollAsk,
                poll_id=poll,
                person_id=names[guardian],
                pupil_id=names[pupil],
                state="asked",
                due_at=rows.now_ms - DAY,
            )
