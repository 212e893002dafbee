"""python -m simulator --port N: serves until SIGTERM, or until the process named by --parent-pid is gone."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from aiohttp import web

from simulator.control import PAGE, Control, index
from simulator.server import Api
from simulator.state import State


def application(state: State) -> web.Application:
    """Everything under one roof."""
    api = Api(state)
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/bot{token}/{method}", api.call)
    app.router.add_get("/file/bot{token}/{path:.+}", api.file)
    app.router.add_routes(Control(state).routes())
    if PAGE.exists():
        app.router.add_get("/", index)
        app.router.add_static("/page/", PAGE)

    async def close(_app: web.Application) -> None:
        await api.close()

    app.on_shutdown.append(close)
    return app


async def serve(host: str, port: int, tokens: list[str], parent: int | None) -> int:
    """Serves; answers the exit code."""
    state = State(tokens=frozenset(tokens) or None)
    runner = web.AppRunner(application(state), access_log=None, handle_signals=False, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        await site.start()
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 3
    address = runner.addresses[0]
    print(f"simulator: http://{address[0]}:{address[1]}", flush=True)
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    while not ended.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await ended.wait()
        if parent is not None and not _alive(parent):
            break
    await runner.cleanup()
    return 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082, help="0 for any free one")
    parser.add_argument("--token", action="append", default=[], help="only these bots; any without")
    parser.add_argument("--parent-pid", type=int, help="end when that process is gone")
    parser.add_argument("--page", action="store_true", help="kept for readability: the page is always served")
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
