"""What tests of rights share: messages that have gone over, files out of a chat, bytes of a database."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from simulator.client import Person
from tests.school import Bot, School

CANARY = "金丝雀七三五九-canary-7359"


async def talk(bot: Bot, guardian: Person, mentor: Person, words: str, answer: str = "") -> None:
    """The guardian writes, the mentor has it; and answers, where there is an answer."""
    await guardian.says(words)
    got = await mentor.finds(words)
    await bot.settled()
    if answer:
        await mentor.replies(got, answer)
        await guardian.finds(answer)
        await bot.settled()


async def mydata(person: Person, button: str = "", shows: str = "学校在这里保存了什么") -> Any:
    """Opens /mydata, and one of its buttons."""
    await person.says("/mydata")
    found = await person.finds(shows)
    if button:
        await person.presses(button)
    return found


async def unpacked(bot: Bot, message: Any) -> tuple[str, dict[str, Any]]:
    """The page and the data of a copy that stands in a chat."""
    _, content, _ = await bot.telegram.file(message["document"]["file_id"])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert sorted(packed.namelist()) == ["data.json", "index.html"]
        return packed.read("index.html").decode(), json.loads(packed.read("data.json"))


def everything(engine: Engine) -> bytes:
    """All that stands in the database: of SQLite the files with the log, of PostgreSQL every row of every table."""
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    found = []
    with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")):
                found += [bytes(one) if isinstance(one, memoryview | bytes) else str(one).encode() for one in row]
    return b"\n".join(found)


def sealed(bot: Bot, statement: str, **values: Any) -> list[bytes]:
    """Sealed values, as bytes, to look for afterwards."""
    return sealed_of(bot.school, statement, **values)


def sealed_of(school: School, statement: str, **values: Any) -> list[bytes]:
    """The same without a bot."""
    return [bytes(row[0]) for row in school.run(statement, **values) if row[0]]  # type: ignore[call-overload]
