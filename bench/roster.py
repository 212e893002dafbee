"""How fast a roster is imported, and in how much memory: python -m bench.roster [PUPILS ...] [--xlsx]

Writes rosters of 30,000 and 300,000 pupils (with staff and 1.67 guardians a pupil, some of them with two children) as
CSV into a temporary folder and imports each into a fresh database, in a process of its own; `VmHWM` of that process is
the peak of its memory. SQLite with all its durability on; PostgreSQL too, where BENCH_POSTGRES holds a URL of a server
on which databases may be made and dropped. The same file is then imported a second time, where nothing changes.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

PUPILS_IN_SCHOOL = 3000
PUPILS_IN_CLASS = 40
PUPILS_OF_MENTOR = 12
_GIVEN, _FAMILY = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华", "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"


def _name(number: int) -> str:
    given = _GIVEN[number % 24] + _GIVEN[number // 24 % 24]
    return _FAMILY[number % 20] + given


def _pupils(count: int) -> Iterator[list[str]]:
    yield ["学校", "学段", "年级", "班级", "学号", "姓名", "导师工号"] + [
        f"监护人{n}{part}" for n in (1, 2) for part in ("姓名", "关系", "电话")
    ]
    for index in range(count):
        school, within = divmod(index, PUPILS_IN_SCHOOL)
        grade, group = divmod(within // PUPILS_IN_CLASS, 13)
        grade_name = f"{'一二三四五六'[grade % 6]}年级"
        family = index - index % 2 if index % 12 == 1 else index  # now and then two children of one family
        row = [
            f"第{school + 1}实验学校",
            "小学",
            grade_name,
            f"{grade_name}{group + 1}班",
            f"P{index:08}",
            _name(index),
        ]
        row += [f"T{school}-{within // PUPILS_OF_MENTOR:04}"]
        row += [_name(family + 7), "母亲", f"138{family:08}"]
        row += [_name(family + 11), "父亲", f"139{family:08}"] if index % 3 else ["", "", ""]
        yield row


def _staff(count: int) -> Iterator[list[str]]:
    yield ["学校", "工号", "姓名", "学科", "电话", "角色"]
    for school in range((count + PUPILS_IN_SCHOOL - 1) // PUPILS_IN_SCHOOL):
        for number in range(PUPILS_IN_SCHOOL // PUPILS_OF_MENTOR):
            index = school * 1000 + number
            role = "导师;管理员" if number == 0 else "导师"
            yield [f"第{school + 1}实验学校", f"T{school}-{number:04}", _name(index), "语文", f"137{index:08}", role]


def _write(path: Path, rows: Iterator[list[str]], *, xlsx: bool) -> Path:
    if not xlsx:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
        return path
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    for row in rows:
        sheet.append(row)
    path = path.with_suffix(".xlsx")
    book.save(path)
    return path


def _peak() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _import(url: str, files: list[Path]) -> None:
    """In a process of its own: imports and prints seconds and peak memory as JSON."""
    from rich.console import Console
    from sqlmodel import SQLModel

    from bot.commands.roster import run_import
    from bot.database import open_engine
    from models.vault import Key, Vault

    engine = open_engine(url)
    SQLModel.metadata.create_all(engine)
    console = Console(file=sys.stderr, width=160)
    started = time.perf_counter()
    code = run_import(
        engine,
        Vault([Key(1, b"b" * 32)]),
        files,
        now=datetime.now(UTC),
        dry_run=False,
        end_missing=False,
        console=console,
    )
    print(json.dumps({"code": code, "seconds": time.perf_counter() - started, "peak": _peak()}))


def _measure(name: str, url: str, files: list[Path], pupils: int) -> None:
    for time_of_file in ("first", "again"):
        command = [sys.executable, "-m", "bench.roster", "--import", url, *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-4000:])
        found = json.loads(done.stdout.splitlines()[-1])
        if found["code"]:
            sys.exit(f"exit code {found['code']}: {done.stderr[:4000]}")
        print(
            f"{name:<12} {pupils:>8,} pupils, {time_of_file}: {found['seconds']:7.1f} s,"
            f" {pupils / found['seconds']:8,.0f} rows/s, peak {found['peak']:6.1f} MiB",
            flush=True,
        )


def _postgres(server: str, files: list[Path], pupils: int) -> None:
    from sqlalchemy import create_engine, make_url, text

    name = f"bench_roster_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        _measure("PostgreSQL", url, files, pupils)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        admin.dispose()


def main() -> None:
    """Measures and prints, a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pupils", nargs="*", type=int, default=[30_000, 300_000])
    parser.add_argument("--xlsx", action="store_true", help="measure XLSX files instead of CSV")
    arguments = parser.parse_args()
    for pupils in arguments.pupils:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            files = [
                _write(out / "pupils.csv", _pupils(pupils), xlsx=arguments.xlsx),
                _write(out / "staff.csv", _staff(pupils), xlsx=arguments.xlsx),
            ]
            _measure("SQLite", f"sqlite:///{out / 'bench.db'}", files, pupils)
            if server := os.environ.get("BENCH_POSTGRES"):
                _postgres(server, files, pupils)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        _import(sys.argv[2], [Path(one) for one in sys.argv[3:]])
    else:
        main()
