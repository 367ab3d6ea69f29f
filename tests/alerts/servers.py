"""A receiver on a loopback socket that takes messages, or does something else instead."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from simulation.pager import ASKED_S, PagerFault

STATUSES = {
    PagerFault.BROKEN: 500,
    PagerFault.BUSY: 429,
    PagerFault.REDIRECT: 302,
    PagerFault.REFUSED: 404,
}
PATH = "/services/T0CANARY/B0CANARY9/xyzCANARYsecret77"
SECRETS = ("T0CANARY", "B0CANARY9", "xyzCANARYsecret77", "trapREDIRECT5")


@dataclass
class Server:
    """What arrived, and the fault in force."""

    fault: PagerFault | None = None
    bodies: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answer: bytes = b"ok"
    status: int = 200
    port: int = 0

    @property
    def url(self) -> str:
        """Return where it is; a port where nobody listens, while it is down."""
        port = free_port() if self.fault is PagerFault.DOWN else self.port
        return f"http://127.0.0.1:{port}{PATH}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(f"{request.method} {request.path}")
        self.heads.append(dict(request.headers))
        body = await request.read()
        if self.fault is PagerFault.SLOW:
            await asyncio.Event().wait()
        if self.fault in STATUSES:
            return self.refusal(STATUSES[self.fault])
        self.bodies.append(json.loads(body) if body else {})
        if self.fault is PagerFault.LOST:
            await asyncio.Event().wait()
        return web.Response(status=self.status, body=self.answer)

    def refusal(self, status: int) -> web.Response:
        headers = {"Retry-After": f"{ASKED_S:g}"} if status == STATUSES[PagerFault.BUSY] else {}
        if status == STATUSES[PagerFault.REDIRECT]:
            headers = {"Location": f"http://127.0.0.1:{self.port}/trapREDIRECT5"}
        return web.Response(status=status, headers=headers, body=self.answer)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Lend a receiver that listens."""
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()
