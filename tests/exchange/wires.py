"""The unmodified ccxt class on the local exchange: over HTTP and in memory, by the same shim."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

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
            return HttpResponse(status=response.status, headers=dict(response.headers), body=body)

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
    async def _sent(self, method: str, url: URL, **given: object) -> AsyncIterator[Reply]:
        data, headers = given.get("data"), given.get("headers")
        request = HttpRequest(
            method=method,
            url=str(url),
            headers=dict(headers) if isinstance(headers, Mapping) else {},
            body=data if isinstance(data, bytes) else str(data or "").encode(),
        )
        yield Reply(await self.wire.send(request, self.timeout_s))

    def get(self, url: URL, **given: object) -> AbstractAsyncContextManager[Reply]:
        return self._sent("GET", url, **given)

    def post(self, url: URL, **given: object) -> AbstractAsyncContextManager[Reply]:
        return self._sent("POST", url, **given)

    def delete(self, url: URL, **given: object) -> AbstractAsyncContextManager[Reply]:
        return self._sent("DELETE", url, **given)


def client(wire: Transport, exchange: LocalExchange, **options: object) -> ccxt.binance:
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
    made.timeout_on_exit = 0  # nothing of ours waits for a socket
    made.enable_demo_trading(enable=True)
    return made


@dataclass
class Controller:
    """The controls, called from this process."""

    exchange: LocalExchange

    def get(self, name: str) -> dict[str, Any]:
        return self._called("GET", name, b"")

    def post(self, name: str, **fields: object) -> dict[str, Any]:
        return self._called("POST", name, json.dumps(fields).encode())

    def refused(self, name: str, **fields: object) -> dict[str, Any]:
        answer = self._answered("POST", name, json.dumps(fields).encode())
        assert answer.status == 400
        parsed: dict[str, Any] = json.loads(answer.body)
        return parsed

    def _called(self, method: str, name: str, body: bytes) -> dict[str, Any]:
        answer = self._answered(method, name, body)
        assert answer.status == 200, answer.body
        parsed: dict[str, Any] = json.loads(answer.body)
        return parsed

    def _answered(self, method: str, name: str, body: bytes) -> HttpResponse:
        request = HttpRequest(method=method, url=f"http://x/_exchange/{name}", body=body)
        answer = self.exchange.answer(request).response
        assert answer is not None
        return answer


def signed_request(clock: FakeClock, method: str, path: str, **params: str | int) -> HttpRequest:
    """Return a request signed as Binance wants it; `signed_with` and `key` may be wrong."""
    secret = str(params.pop("signed_with", LocalExchangeConfig().api_secret))
    key = str(params.pop("key", LocalExchangeConfig().api_key))
    query = urlencode({"timestamp": clock.wall_ms(), **params})
    signature = hmac.new(secret.encode(), query.encode(), sha256).hexdigest()
    host = "https://fapi.binance.com" if path.startswith("/fapi") else "https://api.binance.com"
    return HttpRequest(
        method=method,
        url=f"{host}{path}?{query}&signature={signature}",
        headers={"X-MBX-APIKEY": key},
    )
