"""The file of a copy: data.json for machines, index.html to read, in the person's language, without scripts or anything that
would have to be loaded. More than fits into one message comes in parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import orjson

from handlers.rights.copy_page import page

PER_PART = 60_000
"""Messages in one file: far below the 50 MB that a bot may send (Telegram Bot API, sendDocument), also where each is long."""
_MADE = (2000, 1, 1, 0, 0, 0)


def zips(found: dict[str, Any], zone: str, per_part: int = PER_PART) -> Iterator[bytes]:
    """The ZIP files: one, or more where there are very many messages."""
    parts = list(_parts(found, per_part))
    for number, part in enumerate(parts, 1):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            for name, content in (
                ("index.html", page(part, zone, number, len(parts))),
                ("data.json", orjson.dumps(part, option=orjson.OPT_INDENT_2)),
            ):
                packed.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
        yield out.getvalue()


def _parts(found: dict[str, Any], per_part: int) -> Iterator[dict[str, Any]]:
    """The first part has all but messages; each has at most so many of them, with the child whose they are."""
    slots: list[tuple[int, list[dict[str, Any]]]] = []
    for place, child in enumerate(found["children"]):
        every = child["messages"]
        slots += [(place, every[at : at + per_part]) for at in range(0, len(every), per_part)]
    bundles: list[list[tuple[int, list[dict[str, Any]]]]] = [[]]
    for slot in slots:
        if bundles[-1] and sum(len(one) for _, one in bundles[-1]) + len(slot[1]) > per_part:
            bundles.append([])
        bundles[-1].append(slot)
    for number, bundle in enumerate(bundles):
        own: dict[int, list[dict[str, Any]]] = {}
        for place, some in bundle:
            own.setdefault(place, []).extend(some)
        if number == 0:
            children = [{**child, "messages": own.get(at, [])} for at, child in enumerate(found["children"])]
            yield {**found, "part": 1, "parts": len(bundles), "children": children}
        else:
            names = ("name", "number", "class", "relation")
            children = [
                {**{name: found["children"][at][name] for name in names}, "messages": some} for at, some in own.items()
            ]
            whole = {"format": found["format"], "made_at": found["made_at"], "language": found["language"]}
            yield {**whole, "part": number + 1, "parts": len(bundles), "people": [], "children": children}
