"""python -m bot.checks: translations are complete, and the migrations make the tables that the code has."""

from __future__ import annotations

import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bot import schema
from bot.database import open_engine
from handlers.texts import LANGUAGES, catalogue, missing

_KEY = re.compile(r'"([a-z]+\.[a-z_]+)"')
_BUILT = re.compile(r'f"([a-z]+\.)[^"]*\{')


def unknown_texts() -> list[str]:
    """Keys that the code names and the catalogues lack, and keys that no code names."""
    named: set[str] = set()
    built: set[str] = set()
    for folder in ("handlers", "bot", "models"):
        for path in Path(__file__).parent.parent.joinpath(folder).rglob("*.py"):
            code = path.read_text("utf-8")
            named.update(_KEY.findall(code))
            built.update(_BUILT.findall(code))
    known = set(catalogue(LANGUAGES[0]))
    groups = {key.partition(".")[0] for key in known}
    faults = [
        f"the code names '{key}', no catalogue does"
        for key in sorted(named - known)
        if key.partition(".")[0] in groups
        and not key.endswith((".html", ".csv", ".log", ".py", ".db", ".txt", ".file", ".id", ".js", ".css"))
    ]
    unused = sorted(key for key in known - named if not any(key.startswith(start) for start in built))
    return faults + [f"no code says '{key}'" for key in unused]


def main() -> int:
    """Prints every fault; answers the exit code."""
    faults = missing() + unknown_texts()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/check.db")
        schema.upgrade(engine, datetime.now(UTC))
        faults += [f"migrations lack: {one}" for one in schema.differences(engine)]
        engine.dispose()
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("translations: fine\nmigrations: fine")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
