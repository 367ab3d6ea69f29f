"""HTTP for real: sends once, and says how far a failed request got."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import aiohttp
import certifi
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from yarl import URL

from counterpoise.errors import OutcomeUnknown, SettingsError, Unsent
from counterpoise.ports import HttpRequest, HttpResponse

ANSWER_BYTES_MAX = 33_554_432  # exchangeInfo of a large venue is 5 MB
CONNECT_TIMEOUT_S = 4.0
CONNECTIONS_MAX = 64
KEEP_ALIVE_S = 30.0

# the connection never opened: no byte of the request left
_NEVER_OPENED = (
    aiohttp.ClientConnectorError,  # refused, no such name, TLS, proxy unreachable
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,  # the proxy would not open the tunnel
    aiohttp.InvalidURL,
)


async def _send_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """
    Send, and turn a lost connection into an error that aiohttp does not know.

    aiohttp by itself sends GET, PUT and DELETE a second time when the connection was lost, which
    for a write is an order sent twice.
    """
    try:
        return await handler(request)
    except (*_NEVER_OPENED, TimeoutError):  # aiohttp does not send again after these
        raise
    except (aiohttp.ClientConnectionError, OSError) as error:
        raise OutcomeUnknown(f"the connection was lost: {type(error).__name__}") from None


class HttpTransport:
    """One pool of connections; certificates checked, environment and redirects ignored."""

    def __init__(self, *, proxy: str = "") -> None:
        """Connect lazily, through `proxy` if one is given (http or https)."""
        if proxy and urlsplit(proxy).scheme not in {"http", "https"}:
            raise SettingsError("proxy must begin with http:// or https://")
        self._proxy = URL(proxy) if proxy else None
        self._session: aiohttp.ClientSession | None = None
        self._certificates: ssl.SSLContext | None = None

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        """Send once; see ports.Transport."""
        failure: OutcomeUnknown | Unsent
        try:
            return await self._sent(request, timeout_s)
        except _NEVER_OPENED as error:
            failure = Unsent(f"no connection to {_address(request)}: {type(error).__name__}")
        except TimeoutError:
            failure = OutcomeUnknown(f"no whole answer within {timeout_s:g} s")
        except aiohttp.ClientError as error:
            failure = OutcomeUnknown(f"the answer was cut off: {type(error).__name__}")
        raise failure  # out here, so that no foreign error with its URL hangs on it

    async def close(self) -> None:
        """Let go of connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _sent(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        session = self._session or self._opened()
        # well before the whole time is over: a connection that never opened is proof of its own
        connect_s = min(CONNECT_TIMEOUT_S, timeout_s / 2)
        async with session.request(
            request.method,
            URL(request.url, encoded=True),
            data=request.body or None,
            headers=request.headers,
            allow_redirects=False,
            proxy=self._proxy,
            ssl=self._tls(request.url),
            timeout=aiohttp.ClientTimeout(total=timeout_s, connect=connect_s),
        ) as response:
            return HttpResponse(
                status=response.status,
                headers=dict(response.headers),
                body=await _capped(response),
                reason=response.reason or "",
            )

    def _opened(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=KEEP_ALIVE_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_send_once,),
            trust_env=False,
        )
        return self._session

    def _tls(self, url: str) -> ssl.SSLContext | bool:
        """Return what checks certificates; read from disk only once a URL needs it."""
        if self._certificates is None and url.startswith("https:"):
            self._certificates = _certificates()
        return self._certificates or True


def _certificates() -> ssl.SSLContext:
    """Trust what the system trusts, and the usual authorities where it has none installed."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


async def _capped(response: ClientResponse) -> bytes:
    """Return the whole body, or give up on one that does not end."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            raise OutcomeUnknown(f"the answer is larger than {ANSWER_BYTES_MAX} bytes")
    return bytes(body)


def _address(request: HttpRequest) -> str:
    """Return where a request goes, and nothing of what it says."""
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}"
