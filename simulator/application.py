"""Everything under one roof: the Bot API, the control API, the page."""

from __future__ import annotations

from aiohttp import web

from simulator.control import PAGE, Control, index
from simulator.server import Api
from simulator.state import State

_BODY_LIMIT = 64 << 20
"""Bytes of a call: above the largest upload, so that its refusal can be told in Telegram's words."""


def application(state: State) -> web.Application:
    """The server of one pretend Telegram."""
    api = Api(state)
    control = Control(state, api.webhooks)
    app = web.Application(client_max_size=_BODY_LIMIT)
    app.router.add_routes(api.routes())
    app.router.add_routes(control.routes())
    if PAGE.exists():
        app.router.add_get("/", index)
        app.router.add_static("/page/", PAGE)

    async def close(_app: web.Application) -> None:
        """Ends what waits, so that nobody waits for it."""
        for bot in state.bots.values():
            bot.gone = True
            bot.arrived.set()
        control.events.close()
        await api.webhooks.close()

    app.on_shutdown.append(close)
    return app


async def start(host: str, port: int, tokens: list[str] | None = None) -> tuple[web.AppRunner, str, State]:
    """Starts a server; answers its runner (for cleanup), its address and its state. Raises OSError for a taken port."""
    state = State(tokens=frozenset(tokens or ()) or None)
    runner = web.AppRunner(application(state), access_log=None, handle_signals=False, shutdown_timeout=0.3)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError:
        await runner.cleanup()
        raise
    address = runner.addresses[0]
    return runner, f"http://{address[0]}:{address[1]}", state
