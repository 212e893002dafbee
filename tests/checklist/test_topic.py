"""What a message is about: the proposals are right often enough, quick, and nothing breaks them."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.topic import accuracy, rows
from models.checklist import items, topic


def test_the_first_and_the_first_three_are_right_on_the_messages_that_are_not_counted_in() -> None:
    table = accuracy([row for row in rows() if row["held_out"] == "1"])
    total = [sum(one[at] for one in table.values()) for at in range(3)]
    assert total[0] >= 150
    assert total[1] / total[0] >= 0.80
    with_topic = {key: one for key, one in table.items() if key}
    assert sum(one[2] for one in with_topic.values()) / sum(one[0] for one in with_topic.values()) >= 0.95
    for key, (count, first, _) in with_topic.items():
        assert first / count >= 0.6, key
    count, first, _ = table[""]
    assert first / count >= 0.8


def test_the_set_is_large_and_has_all_kinds() -> None:
    every = rows()
    assert len(every) >= 430
    assert {row["category"] for row in every} == {"", *"ABCDEFGH"}
    assert {row["language"] for row in every} == {"zh", "en"}
    assert sum(not row["category"] for row in every) / len(every) > 0.14


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "？？？", "👍" * 50, "𠮷" * 10, "a" * 100_000, "作业" * 50_000, "\u202e作业"]
)
def test_nothing_breaks_it(text: str) -> None:
    assert len(topic.propose(text)) <= 3
    assert len(topic.propose_items(text)) <= 5


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert set(topic.propose(text)) <= set("ABCDEFGH")
    known = {one["id"] for one in items.default_source().items}
    assert set(topic.propose_items(text)) <= known


def test_it_is_quick() -> None:
    took = []
    for row in rows():
        started = time.thread_time()
        topic.propose(row["text"])
        took.append(time.thread_time() - started)
    assert statistics.median(took) < 0.02


def test_why_tells_the_terms() -> None:
    assert ("作业", "B2") in [(term, item) for term, item, _ in topic.why("作业写到十一点")]


def _run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "classify", *arguments], input=stdin, capture_output=True, check=False
    )


def test_the_command_prints_a_line_for_each_text(tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_text("今天请假，孩子发烧\n\n谢谢老师\n他说不想活了\n", "utf-8")
    found = [json.loads(line) for line in _run(str(file)).stdout.decode().splitlines()]
    assert [one["text"] for one in found] == ["今天请假，孩子发烧", "谢谢老师", "他说不想活了"]
    assert found[0]["categories"][0] == "D"
    assert found[1] == {"text": "谢谢老师", "categories": [], "signal": False}
    assert found[2]["signal"] is True


def test_the_command_reads_what_schools_have(tmp_path: Path) -> None:
    file = tmp_path / "gbk.txt"
    file.write_bytes("作业太多\n".encode("gb18030"))
    assert json.loads(_run(str(file)).stdout)["categories"][0] == "B"
    assert json.loads(_run("-", stdin="\ufeff作业太多".encode()).stdout)["text"] == "作业太多"
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"\xff\xff\xff")
    answer = _run(str(broken))
    assert answer.returncode == 2
    assert b"UTF-8" in answer.stderr
    assert _run(str(tmp_path / "none.txt")).returncode == 2
