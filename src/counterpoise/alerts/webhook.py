"""
The only way out for alerts: one address each, and nothing else.

It shares nothing with the door to exchanges: no host, no key, no connection.
"""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

import aiohttp
import certifi
from yarl import URL

from counterpoise.alerts.formats import body
from counterpoise.core.notice import Notice, NoticeFormat
from counterpoise.errors import Undelivered

DEADLINE_S = 10.0  # from the look-up of the name to the end of the answer
ANSWER_BYTES_MAX = 2_048  # more of it is not read
SHOWN_MAX = 120  # characters of an answer that says why not
REFUSALS = range(400, 500)
BUSY = frozenset({408, 425, 429})
REDIRECTS = range(300, 400)
JSON = MappingProxyType({"Content-Type": "application/json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where one channel leads. All of it but the host is a secret."""

    name: str
    url: str
    user_agent: str
    hide: Callable[[str], str] = str  # takes secrets out of what a receiver answers

    @property
    def host(self) -> str:
        """Return what may be shown."""
        return urlsplit(self.url).hostname or ""

    def __repr__(self) -> str:
        """Say nothing that is secret."""
        return f"Address({self.name}, {self.host})"


class Line:
    """Sends to one address: certificates checked, environment, cookies and redirects ignored."""

    def __init__(self, address: Address) -> None:
        """Connect lazily."""
        self.address = address
        self._url = URL(address.url, encoded=True)
        self._session: aiohttp.ClientSession | None = None
        self._certificates: ssl.SSLContext | None = None

    async def send(self, method: str, data: bytes = b"") -> None:
        """Send once. Raises Undelivered unless the answer is a 2xx, told without the address."""
        try:
            status, headers, answer = await self._answered(method, data)
        except TimeoutError:
            failure = Undelivered(f"no answer within {DEADLINE_S:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = Undelivered(f"no connection, or cut off: {type(error).__name__}")
        else:
            if 200 <= status < 300:  # noqa: PLR2004 - what 2xx means
                return
            failure = self._refused(status, headers, answer)
        raise failure  # out here, so that no foreign error with its address hangs on it

    async def close(self) -> None:
        """Let go of connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _answered(self, method: str, data: bytes) -> tuple[int, Mapping[str, str], bytes]:
        session = self._session or self._opened()
        async with session.request(
            method,
            self._url,
            data=data or None,
            headers=JSON if data else None,
            allow_redirects=False,
            ssl=self._tls(),
        ) as response:
            answer = await response.content.read(ANSWER_BYTES_MAX)
            return response.status, response.headers, answer

    def _opened(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=1, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.address.user_agent, "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=DEADLINE_S),
            auto_decompress=False,
            trust_env=False,
        )
        return self._session

    def _tls(self) -> ssl.SSLContext | bool:
        if self._certificates is None and self._url.scheme == "https":
            self._certificates = ssl.create_default_context()
            self._certificates.load_verify_locations(certifi.where())
        return self._certificates or True

    def _refused(self, status: int, headers: Mapping[str, str], answer: bytes) -> Undelivered:
        if status in REDIRECTS:
            return Undelivered(
                f"HTTP {status}: it leads elsewhere, which is not followed", hint=self._mend()
            )
        words = answer.decode("utf-8", errors="replace")
        shown = "".join(c if c.isprintable() else " " for c in self.address.hide(words)).strip()
        said = f": {shown[:SHOWN_MAX]}" if shown and not shown.startswith("<") else ""
        refused = status in REFUSALS and status not in BUSY
        return Undelivered(
            f"HTTP {status}{said}",
            hint=self._mend() if refused else "",
            retry_after_s=retry_after_s(headers),
            refused=refused,
        )

    def _mend(self) -> str:
        return f"make the address of {self.address.name} anew where it came from"


def retry_after_s(headers: Mapping[str, str]) -> float:
    """Return the pause that an answer asks for, in seconds; zero where it asks for none."""
    try:
        seconds = float(headers.get("Retry-After", "0"))
    except ValueError:  # a date, or nonsense: our own pauses will do
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


class Webhook:
    """A channel that takes posts; see ports.Alerts."""

    def __init__(self, address: Address, form: NoticeFormat, mention: str = "") -> None:
        """Post to `address`."""
        self._line = Line(address)
        self._form = form
        self._mention = mention

    @property
    def name(self) -> str:
        """Return what the settings call it."""
        return self._line.address.name

    @property
    def host(self) -> str:
        """Return the host alone."""
        return self._line.address.host

    async def deliver(self, notice: Notice) -> None:
        """Post once. Raises Undelivered."""
        await self._line.send("POST", body(notice, self._form, self._mention))

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.close()


class WebHeartbeat:
    """An address that is called; see ports.Heartbeat."""

    def __init__(self, address: Address) -> None:
        """Call `address`."""
        self._line = Line(address)

    @property
    def host(self) -> str:
        """Return the host alone."""
        return self._line.address.host

    async def beat(self) -> None:
        """Call once. Raises Undelivered."""
        await self._line.send("GET")

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.close()
