"""The demo's people and their roster: data only."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta

from models import school_year

TITLE = {"zh": "一所学校的一天", "en": "A day in the life of a school"}
PHONE = "0511-8888 0000"
SCHOOL = "滨江实验小学"


@dataclass(frozen=True, slots=True)
class Phone:
    """One of the phones: whose it is, and the numbers of the links that belong to it."""

    id: int
    name: str
    language: str
    role: dict[str, str]
    hint: dict[str, str]
    numbers: tuple[str, ...]


CAST = (
    Phone(
        1001,
        "王芳",
        "zh-hans",
        {"zh": "妈妈，两个孩子", "en": "Mother of two"},
        {"zh": "张小雨和张小阳的妈妈", "en": "Mother of Zhang Xiaoyu and Zhang Xiaoyang"},
        ("2021001", "2023007"),
    ),
    Phone(
        1002,
        "David Chen",
        "en",
        {"zh": "爸爸，用英文", "en": "Father, in English"},
        {"zh": "陈晨的爸爸", "en": "Father of Chen Chen"},
        ("2021002",),
    ),
    Phone(
        2001,
        "李明",
        "zh-hans",
        {"zh": "导师", "en": "Mentor"},
        {"zh": "数学老师，三个孩子的导师", "en": "Teaches maths, mentor of three pupils"},
        ("T001",),
    ),
    Phone(
        3001,
        "赵慧",
        "zh-hans",
        {"zh": "管理员", "en": "Admin"},
        {"zh": "德育处", "en": "The school's office"},
        ("T009",),
    ),
)
MOTHER, FATHER, MENTOR, ADMIN = (one.id for one in CAST)

_STAFF = (
    ("T001", "李明", "数学", "+86 138 0000 2001", "导师；首席导师:五年级2班"),
    ("T002", "周静", "语文", "13800002002", "导师"),
    ("T003", "孙涛", "体育", "13800002003", "导师"),
    ("T009", "赵慧", "道德与法治", "13800002009", "管理员；导师"),
)
_PUPILS = (
    ("五年级", "2班", "2021001", "张小雨", "T001", (("王芳", "妈妈", "13800001001"), ("张强", "爸爸", "13800001011"))),
    ("三年级", "1班", "2023007", "张小阳", "T001", (("王芳", "妈妈", "13800001001"), ("张强", "爸爸", "13800001011"))),
    (
        "五年级",
        "2班",
        "2021002",
        "陈晨",
        "T001",
        (("David Chen", "爸爸", "13800001002"), ("刘敏", "妈妈", "13800001012")),
    ),
    ("五年级", "2班", "2021003", "吴越", "T002", (("吴刚", "爸爸", "13800001003"),)),
    ("五年级", "2班", "2021004", "郑好", "T002", (("何丽", "妈妈", "13800001004"), ("郑国", "爷爷", "13800001014"))),
    ("五年级", "2班", "2021005", "孙一诺", "T003", (("孙艳", "妈妈", "13800001005"),)),
    ("五年级", "2班", "2021006", "钱多", "T009", (("钱进", "爸爸", "13800001007"),)),
    ("三年级", "1班", "2023008", "马可", "T003", (("马军", "爸爸", "13800001006"),)),
    ("五年级", "2班", "2021011", "高远", "T002", (("高兰", "妈妈", ""),)),
    ("五年级", "2班", "2021012", "林静一", "T002", (("林敏", "妈妈", ""),)),
    ("五年级", "2班", "2021013", "何安", "T002", (("何燕", "妈妈", ""),)),
    ("五年级", "2班", "2021014", "罗晓", "T002", (("罗华", "妈妈", ""),)),
    ("五年级", "2班", "2021015", "梁宇", "T002", (("梁玲", "妈妈", ""),)),
    ("五年级", "2班", "2021016", "宋佳", "T003", (("宋兰", "妈妈", ""),)),
    ("五年级", "2班", "2021017", "唐一鸣", "T003", (("唐敏", "妈妈", ""),)),
    ("五年级", "2班", "2021018", "许诺", "T003", (("许燕", "妈妈", ""),)),
    ("五年级", "2班", "2021019", "韩梅", "T003", (("韩华", "妈妈", ""),)),
    ("三年级", "1班", "2023011", "冯晨", "T003", (("冯兰", "妈妈", ""),)),
    ("三年级", "1班", "2023012", "曹雨", "T003", (("曹敏", "妈妈", ""),)),
    ("三年级", "1班", "2023013", "彭程", "T003", (("彭燕", "妈妈", ""),)),
)


LESSONS = school_year.Hours("小学", 8 * 60 + 10, 16 * 60 + 30)


SHORTEST = timedelta(days=90)
"""So much of its term a demo has still before it, whenever it is started."""


def year(today: date, known: list[school_year.Entry]) -> list[school_year.Entry]:
    """The term of today, made longer near its end, with exams and a holiday there; the roster's import has made the term."""
    now = next((one for one in known if one.kind == school_year.TERM and one.first <= today <= one.last), None)
    if now is None:
        return []
    last = max(now.last, today + SHORTEST)
    first = max(now.first, last - timedelta(days=school_year.LONGEST_TERM))
    others = [one for one in known if one.kind == school_year.TERM and one.name != now.name]
    if any(one.first <= last and first <= one.last for one in others):
        first, last = now.first, now.last
    return [
        school_year.Entry(school_year.TERM, now.name, first, last),
        school_year.Entry(school_year.EXAM, "期末", last - timedelta(days=18), last - timedelta(days=14)),
        school_year.Entry(school_year.HOLIDAY, "假期", last - timedelta(days=9), last + timedelta(days=19)),
    ]


def roster() -> dict[str, str]:
    """The roster's two files, as a school would write them."""
    staff, pupils = io.StringIO(), io.StringIO()
    table = csv.writer(staff)
    table.writerow(["学校", "工号", "姓名", "学科", "电话", "角色"])
    for row in _STAFF:
        table.writerow([SCHOOL, *row])
    table = csv.writer(pupils)
    heading = ["学校", "学段", "年级", "班级", "学号", "姓名", "导师工号"]
    for number in (1, 2):
        heading += [f"监护人{number}姓名", f"监护人{number}关系", f"监护人{number}电话"]
    table.writerow(heading)
    for grade, group, number_, name, mentor, guardians in _PUPILS:
        cells = [cell for guardian in guardians for cell in guardian]
        table.writerow([SCHOOL, "小学", grade, group, number_, name, mentor, *cells, *[""] * (6 - len(cells))])
    return {"staff.csv": staff.getvalue(), "pupils.csv": pupils.getvalue()}
