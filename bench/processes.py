"""The processes of the benches: our bot with a database of its own and the school in it, and the peers' interpreter."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bench.load import ROOT, BenchError
from bench.school import seed
from bot.config import Settings
from bot.config_reading import load
from bot.keys import vault_of

PEERS = ROOT / ".venv-peers" / "bin" / "python"


def token_of(bot: int) -> str:
    """A token of the bot with that id."""
    return f"{bot}:" + "A" * 35


class Ours:
    """Our bot's settings and its database with the school in it; `copy` makes another to start on."""

    def __init__(self, folder: Path, api: str, bot: int, server: str | None, extra: dict[str, str]) -> None:
        self._folder, self._api, self._bot, self._server, self._extra = folder, api, bot, server, extra
        folder.mkdir()
        self._names = [f"bench_{os.getpid()}_{bot % 1000}"]
        self._sql(f"CREATE DATABASE {self._names[0]}")
        command = [sys.executable, "-m", "bot", "migrate"]
        subprocess.run(command, env=self.environment(), cwd=ROOT, check=True, stdout=2)
        settings = self.settings()
        seed(settings.database_url, vault_of(settings), bot)

    def _address(self, name: str) -> str:
        if self._server is None:
            return f"sqlite:///{self._folder}/{name}.db"
        from sqlalchemy import make_url

        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _sql(self, statement: str) -> None:
        if self._server is None:
            return
        from sqlalchemy import create_engine, text

        from bot.config_values import normal_url

        engine = create_engine(normal_url(self._server), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def settings(self) -> Settings:
        """The same as the bot reads them."""
        return load(None, {name: value for name, value in self.environment().items() if name.startswith("BOT_")})

    def environment(self) -> dict[str, str]:
        """The bot's settings; what is not here is as by default."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        return {
            **others,
            "BOT_TELEGRAM__TOKEN": token_of(self._bot),
            "BOT_TELEGRAM__API_URL": self._api,
            "BOT_DATABASE__URL": self._address(self._names[-1]),
            "BOT_KEYS__FILE": str(self._folder / "keys.txt"),
            **self._extra,
        }

    def copy(self) -> None:
        """From now on `environment` names a fresh copy."""
        name = f"{self._names[0]}_{len(self._names)}"
        if self._server is None:
            shutil.copyfile(self._folder / f"{self._names[0]}.db", self._folder / f"{name}.db")
        else:
            self._sql(f"CREATE DATABASE {name} TEMPLATE {self._names[0]}")
        self._names.append(name)

    def drop(self) -> None:
        """Removes the databases from the server."""
        for name in self._names:
            self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def running_process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block; what it said is shown where the block fails."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield process
        except BenchError as error:
            log.seek(0)
            said = log.read()[-3000:].decode(errors="replace")
            raise BenchError(f"{error}\n{' '.join(command)}:\n{said}") from None
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Waits until our bot says that it is ready. Raises BenchError where it ends instead."""
    async with aiohttp.ClientSession() as session:
        while process.poll() is None:
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.01)
    raise BenchError("it ended instead of getting ready")
