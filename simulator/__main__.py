"""python -m simulator --port N: serves until SIGTERM or SIGINT, or until the process named by --parent-pid is gone."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from simulator.application import start

_LOOKS = 0.5
"""Seconds between looks at the parent process."""


async def serve(host: str, port: int, tokens: list[str], parent: int | None) -> int:
    """Serves; answers the exit code: 0, or 3 where the port is taken."""
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    try:
        runner, address, _ = await start(host, port, tokens)
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 3
    # Who started this may be gone already, and with it the reader of the line.
    with contextlib.suppress(OSError):
        print(f"simulator: {address}", flush=True)
    while not ended.is_set() and (parent is None or _alive(parent)):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOKS if parent is not None else None):
                await ended.wait()
    await runner.cleanup()
    return 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _zombie(pid)


def _zombie(pid: int) -> bool:
    """A process that has ended but that nobody has asked about counts as gone (Linux only)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - a file of the kernel
            return stat.read().rpartition(b")")[2].split()[0] == b"Z"
    except (OSError, IndexError):
        return False


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082, help="0 for any free one")
    parser.add_argument("--token", action="append", default=[], help="only these bots; any without")
    parser.add_argument("--parent-pid", type=int, help="end when that process is gone")
    parser.add_argument("--page", action="store_true", help="for readability only: the page is always served")
    given = parser.parse_args()
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    with runner:
        return runner.run(serve(given.host, given.port, given.token, given.parent_pid))


if __name__ == "__main__":
    raise SystemExit(main())
