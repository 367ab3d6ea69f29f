"""
The venue of the benchmark, in a process of its own: answers at once, and notes when orders came.

It does as little as an HTTP server can, so that what is measured is the client. The time is the
machine's monotonic clock, which is one for all processes.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import time
from functools import partial

from answers import ORDER_PATH, Size, bodies, filled

HEAD_END = b"\r\n\r\n"
SEEN_PATH = "/seen"  # when each order was there whole, in ns; asking forgets them
TIME_PATHS = frozenset({"/fapi/v1/time", "/api/v3/time"})


class Venue:
    """Answers by path."""

    def __init__(self, size: Size) -> None:
        """Make every answer beforehand."""
        self._bodies = bodies(size)
        self._seen_ns: dict[str, int] = {}

    def answer(self, method: str, path: str, body: bytes, at_ns: int) -> bytes:
        """Return the body of an answer."""
        if method == "POST" and path == ORDER_PATH:
            client_order_id, answer = filled(body)
            self._seen_ns[client_order_id] = at_ns
            return answer
        if path in TIME_PATHS:
            return json.dumps({"serverTime": time.time_ns() // 1_000_000}).encode()
        if path == SEEN_PATH:
            seen, self._seen_ns = self._seen_ns, {}
            return json.dumps(seen).encode()
        return self._bodies[path]


class Connection(asyncio.Protocol):
    """One connection, kept alive; one request at a time, as clients without pipelining send."""

    def __init__(self, venue: Venue) -> None:
        """Serve from `venue`."""
        self._venue = venue
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once the request is whole; that moment is when it arrived."""
        at_ns = time.monotonic_ns()
        self._received += data
        head, separator, body = self._received.partition(HEAD_END)
        if not separator or len(body) < _content_length(head):
            return
        self._received = b""
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        answer = self._venue.answer(method, target.partition("?")[0], body, at_ns)
        assert self._transport is not None
        self._transport.write(_head(answer) + answer)


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _head(body: bytes) -> bytes:
    length = f"Content-Length: {len(body)}"
    lines = (
        "HTTP/1.1 200 OK",
        "Content-Type: application/json",
        "x-mbx-used-weight-1m: 30",
        length,
    )
    return "\r\n".join((*lines, "", "")).encode()


async def serve(size: Size) -> None:
    """Serve until killed; the first line printed is the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connection, Venue(size)), "127.0.0.1", 0)
    gc.freeze()
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Read how large a market to list, and serve it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spot", type=int, default=3)
    parser.add_argument("--linear", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(serve(Size(spot=given.spot, linear=given.linear)))


if __name__ == "__main__":
    main()
