"""The unmodified ccxt class on the local exchange: over HTTP and in memory, by the same shim."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import ccxt.async_support as ccxt
from yarl import URL

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig
from counterpoise.ports import HttpRequest, HttpResponse, Transport


@dataclass
class FakeClock:
    """Time that moves only when somebody sleeps."""

    wall: int = 1_760_000_000_000
    monotonic: float = 100.0

    def wall_ms(self) -> int:
        return self.wall

    def monotonic_s(self) -> float:
        return self.monotonic

    async def sleep(self, seconds: float) -> None:
        self.wall += round(seconds * 1000)
        self.monotonic += seconds


@dataclass
class HttpWire:
    """Sends every request to a loopback port, the original host in X-Forwarded-Host."""

    port: int
    session: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        parts = urlsplit(request.url)
        query = f"?{parts.query}" if parts.query else ""
        url = URL(f"http://127.0.0.1:{self.port}{parts.path}{query}", encoded=True)
        headers = {**request.headers, "X-Forwarded-Host": parts.netloc}
        async with self.session.request(
            request.method,
            url,
            data=request.body or None,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
        ) as response:
            body = await response.read()
            return HttpResponse(
                status=response.status, headers=dict(response.headers), body=body
            )

    async def close(self) -> None:
        await self.session.close()


@dataclass
class Reply:
    """What ccxt reads of an aiohttp response."""

    answer: HttpResponse

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def reason(self) -> str:
        return self.answer.reason or "OK"

    @property
    def headers(self) -> Mapping[str, str]:
        return self.answer.headers

    async def text(self, errors: str = "strict") -> str:
        return self.answer.body.decode(errors=errors)


@dataclass
class Session:
    """What ccxt uses of an aiohttp session."""

    wire: Transport
    timeout_s: float = 5.0
    headers: dict[str, str] = field(default_factory=dict)
    trust_env: bool = False

    @asynccontextmanager
    async def _sent(self, method: str, url: URL, **given: Any) -> AsyncIterator[Reply]:
        data = given.get("data")
        body = data if isinstance(data, bytes) else (data or "").encode()
        request = HttpRequest(
            method=method, url=str(url), headers=dict(given.get("headers") or {}), body=body
        )
        yield Reply(await self.wire.send(request, self.timeout_s))

    def get(self, url: URL, **given: Any) -> Any:
        return self._sent("GET", url, **given)

    def post(self, url: URL, **given: Any) -> Any:
        return self._sent("POST", url, **given)

    def delete(self, url: URL, **given: Any) -> Any:
        return self._sent("DELETE", url, **given)


def client(wire: Transport, exchange: LocalExchange, **options: Any) -> ccxt.binance:
    """Return ccxt's own class, its clock the exchange's, its session the wire."""
    defaults = LocalExchangeConfig()
    made = ccxt.binance(
        {
            "apiKey": defaults.api_key,
            "secret": defaults.api_secret,
            "session": Session(wire),
            "enableRateLimit": False,
            "options": {
                "fetchMarkets": {"types": ["spot", "linear"]},
                "fetchMargins": False,
                "fetchCurrencies": False,
                **options,
            },
        }
    )
    made.number = str
    made.has["fetchCurrencies"] = False
    made.milliseconds = exchange.clock.wall_ms
    made.enable_demo_trading(True)
    return made
