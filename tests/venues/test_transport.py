"""The real transport, on loopback sockets."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from counterpoise.errors import OutcomeUnknown, SettingsError, Unsent
from counterpoise.ports import HttpRequest
from counterpoise.venues import transport as transport_module
from counterpoise.venues.transport import HttpTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
Script = Callable[[asyncio.StreamWriter, int], Awaitable[None]]


async def say_ok(writer: asyncio.StreamWriter, _number: int) -> None:
    writer.write(OK)
    await writer.drain()


@dataclass
class Wire:
    """A server that counts requests and answers each as its script says."""

    script: Script = say_ok
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (
                        int(line.split(b":")[1])
                        for line in head.lower().splitlines()
                        if line.startswith(b"content-length")
                    ),
                    0,
                )
                self.heads.append(head + await reader.readexactly(length))
                await self.script(writer, len(self.heads))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def request(self, method: str = "GET", path: str = "/x", body: bytes = b"") -> HttpRequest:
        return HttpRequest(method=method, url=f"http://127.0.0.1:{self.port}{path}", body=body)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    found = Wire()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    opened = HttpTransport()
    yield opened
    await opened.close()


async def say_nothing(_writer: asyncio.StreamWriter, _number: int) -> None:
    """Leave the request unanswered, and the connection open."""


async def hang_up(writer: asyncio.StreamWriter, _number: int) -> None:
    writer.close()


async def hang_up_on_the_second(writer: asyncio.StreamWriter, number: int) -> None:
    if number == 1:
        await say_ok(writer, number)
    else:
        writer.close()


async def test_a_request_arrives_as_it_was_made(wire: Wire, transport: HttpTransport) -> None:
    path = "/fapi/v1/order?a=%5B1%5D&b=c+d&signature=abc"
    request = wire.request("POST", path, b"symbol=ETHUSDT")
    response = await transport.send(request, 5)
    assert (response.status, response.body, response.reason) == (200, b"{}", "OK")
    assert response.headers["Content-Type"] == "application/json"
    (head,) = wire.heads
    assert head.startswith(f"POST {path} HTTP/1.1\r\n".encode())
    assert head.endswith(b"\r\n\r\nsymbol=ETHUSDT")


async def test_a_connection_is_kept_for_the_next_request(
    wire: Wire, transport: HttpTransport
) -> None:
    for _ in range(3):
        await transport.send(wire.request(), 5)
    assert (wire.connections, len(wire.heads)) == (1, 3)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_nothing_is_sent_twice_over_a_lost_connection(
    method: str, wire: Wire, transport: HttpTransport
) -> None:
    wire.script = hang_up
    with pytest.raises(OutcomeUnknown, match="lost"):
        await transport.send(wire.request(method), 5)
    assert len(wire.heads) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_nothing_is_sent_twice_over_a_stale_kept_connection(
    method: str, wire: Wire, transport: HttpTransport
) -> None:
    """aiohttp by itself sends GET, PUT and DELETE again here."""
    wire.script = hang_up_on_the_second
    await transport.send(wire.request(method), 5)
    with pytest.raises(OutcomeUnknown):
        await transport.send(wire.request(method), 5)
    assert len(wire.heads) == 2


async def test_a_redirect_is_handed_back_not_followed(wire: Wire, transport: HttpTransport) -> None:
    async def away(writer: asyncio.StreamWriter, _number: int) -> None:
        target = f"http://127.0.0.1:{wire.port}/elsewhere".encode()
        writer.write(b"HTTP/1.1 307 Go\r\nContent-Length: 0\r\nLocation: " + target + b"\r\n\r\n")
        await writer.drain()

    wire.script = away
    response = await transport.send(wire.request("POST", body=b"a=b"), 5)
    assert response.status == 307
    assert len(wire.heads) == 1


async def test_a_refused_connection_proves_that_nothing_was_sent(transport: HttpTransport) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, yet nobody listens
        port = taken.getsockname()[1]
        with pytest.raises(Unsent, match="no connection"):
            await transport.send(HttpRequest(method="POST", url=f"http://127.0.0.1:{port}/"), 5)


async def test_an_unknown_name_proves_that_nothing_was_sent(transport: HttpTransport) -> None:
    request = HttpRequest(method="POST", url="http://name.invalid/?signature=abc")
    with pytest.raises(Unsent) as caught:
        await transport.send(request, 5)
    assert "abc" not in repr(caught.value)


async def test_a_server_that_never_shakes_hands_gets_nothing(
    wire: Wire, transport: HttpTransport
) -> None:
    request = HttpRequest(method="POST", url=f"https://127.0.0.1:{wire.port}/", body=b"a=b")
    with pytest.raises(Unsent):
        await transport.send(request, 0.2)
    assert wire.heads == []


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return a server's context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(tz=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today)
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_a_server_that_nobody_vouches_for_gets_nothing(
    transport: HttpTransport, tmp_path: Path
) -> None:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "localhost", 0, ssl=self_signed(tmp_path))
    port = server.sockets[0].getsockname()[1]
    request = HttpRequest(method="POST", url=f"https://localhost:{port}/", body=b"a=b")
    with pytest.raises(Unsent, match="Certificate"):
        await transport.send(request, 5)
    server.close()
    assert wire.heads == []


def test_certificates_are_checked() -> None:
    context = transport_module._certificates()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname is True
    assert context.cert_store_stats()["x509_ca"] > 0


async def test_a_late_answer_is_an_unknown_outcome(wire: Wire, transport: HttpTransport) -> None:
    wire.script = say_nothing
    with pytest.raises(OutcomeUnknown, match=r"within 0\.05 s"):
        await transport.send(wire.request("POST"), 0.05)
    assert len(wire.heads) == 1


async def test_a_cut_answer_is_an_unknown_outcome(wire: Wire, transport: HttpTransport) -> None:
    async def cut(writer: asyncio.StreamWriter, _number: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
        await writer.drain()
        writer.close()

    wire.script = cut
    with pytest.raises(OutcomeUnknown):
        await transport.send(wire.request("POST"), 5)


async def test_an_endless_answer_is_given_up(
    wire: Wire, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(writer: asyncio.StreamWriter, _number: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x" * 1000)
            await writer.drain()

    monkeypatch.setattr(transport_module, "ANSWER_BYTES_MAX", 50_000)
    wire.script = endless
    with pytest.raises(OutcomeUnknown, match="larger"):
        await transport.send(wire.request(), 5)


async def test_a_cancelled_send_stays_cancelled(wire: Wire, transport: HttpTransport) -> None:
    arrived = asyncio.Event()

    async def never(_writer: asyncio.StreamWriter, _number: int) -> None:
        arrived.set()

    wire.script = never
    sending = asyncio.create_task(transport.send(wire.request("POST"), 30))
    await arrived.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_the_environment_names_no_proxy(
    wire: Wire, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert (await transport.send(wire.request(), 5)).status == 200


async def test_a_configured_proxy_is_used(wire: Wire) -> None:
    through = HttpTransport(proxy=f"http://127.0.0.1:{wire.port}")
    await through.send(HttpRequest(method="GET", url="http://venue.invalid/x?y=1"), 5)
    await through.close()
    assert wire.heads[0].startswith(b"GET http://venue.invalid/x?y=1 HTTP/1.1\r\n")


async def test_an_unreachable_proxy_proves_that_nothing_was_sent() -> None:
    through = HttpTransport(proxy="http://127.0.0.1:1")
    with pytest.raises(Unsent):
        await through.send(HttpRequest(method="POST", url="http://venue.invalid/"), 5)
    await through.close()


def test_a_proxy_of_another_kind_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="proxy"):
        HttpTransport(proxy="socks5://127.0.0.1:1080")
