"""The local exchange over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from aiohttp import web

from counterpoise.exchange.transport import Exchange
from counterpoise.ports import HttpRequest

SHUTDOWN_S = 0.2  # for requests under way; those that a fault holds have no end of their own
HOP_HEADERS = frozenset({"content-length", "transfer-encoding", "connection"})


@dataclass(frozen=True, slots=True)
class Server:
    """A listening exchange."""

    port: int
    _runner: web.ServerRunner

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        await self._runner.cleanup()


async def serve(exchange: Exchange, host: str = "127.0.0.1", port: int = 0) -> Server:
    """
    Listen on `host` and `port`; port 0 takes any free one.

    Raises OSError where the port is taken.
    """

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return await _handled(exchange, request)

    server = web.Server(handler, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    address = cast("tuple[str, int]", runner.addresses[0])
    return Server(address[1], runner)


async def _handled(exchange: Exchange, request: web.BaseRequest) -> web.StreamResponse:
    body = await request.read() if request.body_exists else b""
    answer = exchange.answer(
        HttpRequest(
            method=request.method,
            url=f"http://{request.host}{request.raw_path}",
            headers=request.headers,
            body=body,
        ),
        remote=request.remote or "unknown",
    )
    response = await exchange.finish(answer)
    if response is None:
        return _hung_up(request)
    if answer.cut:
        return await _cut(request, response.body, response.status)
    headers = {n: v for n, v in response.headers.items() if n.lower() not in HOP_HEADERS}
    return web.Response(status=response.status, body=response.body, headers=headers)


def _hung_up(request: web.BaseRequest) -> web.StreamResponse:
    """Close the connection without a byte."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _cut(request: web.BaseRequest, body: bytes, status: int) -> web.StreamResponse:
    """Promise a whole body, send half of it, and close the connection."""
    response = web.StreamResponse(status=status, headers={"Content-Length": str(len(body))})
    response.content_type = "application/json"
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
