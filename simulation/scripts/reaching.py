"""What may go wrong on the way to a venue: in ccxt, and between it and the socket."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast
from unittest.mock import patch

from counterpoise.errors import (
    OutcomeUnknown,
    SettingsError,
    SnapshotError,
    Unavailable,
    Unsent,
)
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues import transport
from counterpoise.venues.asking import asked_of_markets
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.dialect import Call
from counterpoise.venues.outcomes import Judge, NotServed
from counterpoise.venues.pauses import Pauses
from counterpoise.venues.redaction import Redactor
from counterpoise.venues.requester import Requester
from counterpoise.venues.transport import HttpTransport
from simulation.scripts.bench import WIDE
from simulation.scripts.claims import Claims, outcome, refusal, told, waited
from tests.venues.fake import StillClock
from tests.venues.orders import LISTED

ASK = Call(name="x", method="GET", path="/x")
STRANGE = (TypeError, KeyError, AttributeError, ValueError)  # of an answer of another shape


class LocalError(Exception):
    """Stands for ccxt's own."""


@dataclass
class Library:
    """Stands for ccxt: each attempt comes to what is next."""

    clock: StillClock = field(default_factory=StillClock)
    comes: list[object] = field(default_factory=list)
    tries: int = 0
    takes_s: float = 0.0
    closed: bool = False
    local_error: type[Exception] = LocalError

    def request(self, _: str) -> Callable[[object], Awaitable[object]]:
        return self._next

    async def markets(self) -> object:
        return await self._next(None)

    async def _next(self, _: object) -> object:
        self.tries += 1
        self.clock.now_ms += round(self.takes_s * 1000)
        came = self.comes[min(self.tries, len(self.comes)) - 1]
        if isinstance(came, Exception):
            raise came
        return came

    async def close(self) -> None:
        self.closed = True


def _requester(*comes: object, takes_s: float = 0.0) -> tuple[Requester, Library]:
    library = Library(comes=list(comes), takes_s=takes_s)
    judge = Judge(profile=PROFILE, redactor=Redactor(()))
    return Requester(cast("Any", library), judge, WIDE, library.clock), library


async def surprises(made: Claims) -> None:
    """See that whatever ccxt raises of an answer is a failed read, and of an order is unknown."""
    for kind in STRANGE:
        requester, library = _requester(kind("x"))
        found = await outcome(requester.read(ASK, {}))
        made.claim("I-9", isinstance(found, SnapshotError), f"{kind.__name__} is {found!r}")
        made.claim("I-28", library.tries == 3, f"{kind.__name__}: {library.tries} tries")
    for error in (LocalError("x"), OutcomeUnknown("x"), Unsent("x")):
        requester, _ = _requester(error)
        found = await outcome(requester.read(ASK, {}))
        made.claim("I-9", isinstance(found, Unavailable), f"{error!r} of a read is {found!r}")
    for error_ in (*(kind("x") for kind in STRANGE), LocalError("x"), SnapshotError("x")):
        requester, library = _requester(error_, {"a": "b"})
        found = await outcome(requester.write(ASK, {}))
        made.claim("I-6", type(found) is OutcomeUnknown, f"{error_!r} of an order is {found!r}")
        made.claim("I-8", library.tries == 1, f"{error_!r} of an order: {library.tries} tries")


async def attempts(made: Claims) -> None:
    """See that a read is tried again where that may help, in good time, and never where told."""
    for error in (SnapshotError("x"), Unavailable("x"), TypeError("x")):
        requester, library = _requester(error, {"a": "b"})
        found = await outcome(requester.read(ASK, {}))
        made.claim("I-17", found == {"a": "b"}, f"{error!r}, then an answer: {found!r}")
        made.claim("I-28", library.tries == 2, f"{error!r}: {library.tries} tries")
    for error in (Unavailable("x", retry_after_s=5.0), NotServed("x"), NotServed("x")):
        requester, library = _requester(error, {"a": "b"})
        found = await outcome(requester.read(ASK, {}))
        made.claim("I-28", library.tries == 1, f"{error!r}: {library.tries} tries")
        made.claim("I-9", isinstance(found, Unavailable), f"{error!r} is {found!r}")
    requester, library = _requester(Unavailable("x"), takes_s=9.0)
    await outcome(requester.read(ASK, {}))
    made.claim("N6", library.tries == 1, f"{library.tries} tries of 9 s each for one read")
    requester, library = _requester(Unavailable("x"))
    await outcome(requester.read(ASK, {}))
    made.claim("I-28", library.tries == 3, f"{library.tries} tries of a read that fails")


async def listings(made: Claims) -> None:
    """See that an empty listing is a failed read: nothing was listed otherwise a minute ago."""
    requester, _ = _requester({})
    found = await outcome(requester.markets())
    made.claim("I-9", isinstance(found, SnapshotError), f"a listing of nothing: {found!r}")
    requester, library = _requester({}, {"a": {}})
    await requester.close()
    made.claim("I-43", library.closed, "ccxt is not let go of")


async def narrowed(made: Claims) -> None:
    """See that a question has all its parts, and asks of one market where there is but one."""
    asked: list[object] = []

    class Reads:
        async def read(self, _: Call, params: object) -> object:
            asked.append(params)
            return {}

    ask = asked_of_markets(
        ASK, lambda raw, _: raw, lambda one: {"symbol": one.market_id}, category="linear"
    )
    for listing in ({"ETHUSDT": LISTED}, {"ETHUSDT": LISTED, "BTCUSDT": LISTED}):
        await ask(cast("Any", Reads()), listing)
    wanted = [{"category": "linear", "symbol": "ETHUSDT"}, {"category": "linear"}]
    made.claim("I-28", asked == wanted, f"asked {asked}")


def longest(made: Claims) -> None:
    """See that a longer pause takes the place of a shorter one."""
    pauses = Pauses(StillClock())
    pauses.close("h", 5.0)
    pauses.close("h", 600.0)
    made.claim("I-28", pauses.left_s("h") == 600.0, f"{pauses.left_s('h')} s of 600 are left")


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\n{}"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
GIANT = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b" " * 40
PART = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"
WAIT_S = 10.0  # on a machine that is busy with other scripts
SMALL = 20  # bytes: what counts as a giant answer here


@dataclass
class Wire:
    """A server on a loopback socket: gives each request what it is told, then hangs up or waits."""

    says: bytes = b""
    hangs_up: bool = True
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                size = re.search(r"content-length: (\d+)", head.lower())
                body = await reader.readexactly(int(size[1]) if size else 0)
                self.bodies.append(body)
                writer.write(self.says)
                await writer.drain()
                if self.hangs_up:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


async def _over_http(made: Claims) -> None:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    line = HttpTransport()
    try:
        await _answers(made, wire, line)
        await _losses(made, wire, line)
    finally:
        await line.close()
        server.close()
    found = await outcome(line.send(_request(wire, "GET"), WAIT_S))
    made.claim("R2", isinstance(found, Unsent), f"nobody listens: {found!r}")
    session = vars(line)["_session"]
    await line.close()
    made.claim("I-43", session.closed, "connections are kept after the end")


def _request(wire: Wire, method: str, path: str = "/x") -> HttpRequest:
    body = b"a=b" if method == "POST" else b""
    return HttpRequest(method=method, url=f"http://127.0.0.1:{wire.port}{path}", body=body)


async def _answers(made: Claims, wire: Wire, line: HttpTransport) -> None:
    wire.hangs_up = False
    session = None
    proxied = {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"}
    for said, wanted in ((OK, 200), (MOVED, 302), (OK, 200)):
        wire.says = said
        with patch.dict("os.environ", proxied):
            found = await outcome(line.send(_request(wire, "POST"), WAIT_S))
        status = found.status if isinstance(found, HttpResponse) else found
        session = session or vars(line)["_session"]
        made.claim("I-43", session is vars(line)["_session"], "each request opens its own pool")
        made.claim("N8", status == wanted, f"{wanted} came as {status!r}")
    asked = [head.split("\r\n")[0] for head in wire.heads]
    made.claim("N8", asked == ["POST /x HTTP/1.1"] * 3, f"a redirect was followed: {asked}")
    made.claim("I-2", wire.bodies == [b"a=b"] * 3, f"an order left as {wire.bodies}")
    made.claim("I-45", "cookie" not in "".join(wire.heads).lower(), "a cookie was sent back")
    wire.says = GIANT
    with patch.object(transport, "ANSWER_BYTES_MAX", SMALL):
        found = await outcome(line.send(_request(wire, "POST"), WAIT_S))
    made.claim("S17", isinstance(found, OutcomeUnknown), f"a giant answer: {found!r}")
    made.claim("S17", transport.ANSWER_BYTES_MAX <= 1 << 26, "answers of any size are taken")
    quoted = "/x?a=%5B1%5D&b=c+d"
    wire.says = OK
    await outcome(line.send(_request(wire, "GET", quoted), WAIT_S))
    made.claim("I-2", wire.heads[-1].startswith(f"GET {quoted} "), f"sent {wire.heads[-1]:.60}")


async def _losses(made: Claims, wire: Wire, line: HttpTransport) -> None:
    wire.hangs_up = True
    for said in (b"", PART):
        wire.says = said
        for method in ("GET", "POST", "PUT", "DELETE"):
            wire.heads.clear()
            found = await outcome(line.send(_request(wire, method), WAIT_S))
            lost = type(found) is OutcomeUnknown
            made.claim("I-6", lost, f"{method}, {said!r}, then hung up: {found!r}")
            made.claim("I-8", len(wire.heads) == 1, f"{method} left {len(wire.heads)} times")
    wire.says, wire.hangs_up = OK, False
    await outcome(line.send(_request(wire, "POST"), WAIT_S))
    wire.says = b""  # on the connection that is open already
    found = await outcome(line.send(_request(wire, "POST"), 0.05))
    made.claim("I-6", type(found) is OutcomeUnknown, f"no answer: {found!r}")


def over_http(made: Claims) -> None:
    """See how far a request got, on a real socket: no twice, no redirect, no cookie, no proxy."""
    with patch.dict("os.environ", {"no_proxy": "", "NO_PROXY": ""}):
        asyncio.run(_over_http(made))


def trust(made: Claims) -> None:
    """See that certificates are checked, and that a proxy is one of those that can be used."""
    line = HttpTransport()
    checks = cast("Callable[[str], ssl.SSLContext | bool]", line._tls)  # noqa: SLF001
    context = checks("https://x.example/")
    strict = isinstance(context, ssl.SSLContext)
    made.claim("N4", strict and context.verify_mode is ssl.CERT_REQUIRED, "no certificate needed")  # type: ignore[union-attr]
    made.claim("N4", strict and context.check_hostname, "a certificate of anybody")  # type: ignore[union-attr]
    for proxy in ("socks5://127.0.0.1:1", "127.0.0.1:1", "file:///x"):
        said = refusal(lambda proxy=proxy: HttpTransport(proxy=proxy))  # type: ignore[misc]
        made.claim("N5", isinstance(said, SettingsError), f"{proxy}: {said!r}")
    for proxy in ("", "http://127.0.0.1:1", "https://127.0.0.1:1"):
        said = refusal(lambda proxy=proxy: HttpTransport(proxy=proxy))  # type: ignore[misc]
        made.claim("I-17", said is None, f"{proxy}: {said!r}")


SCRIPTS = {
    "surprises": waited(surprises, "I-9"),
    "attempts": waited(attempts, "I-28"),
    "listings": waited(listings, "I-9"),
    "narrowed": waited(narrowed, "I-28"),
    "longest": told(longest, "I-28"),
    "over http": told(over_http, "I-8"),
    "trust": told(trust, "N4"),
}
