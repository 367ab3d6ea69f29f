"""A small venue that speaks Binance's wire behind a Transport, and answers as it is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from counterpoise.core.instrument import Symbol, VenueName
from counterpoise.core.mode import Mode
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues.settings import VenueConfig

API_KEY = "kEyKeYkEyKeY0123456789abcdefghij"
API_SECRET = "s3cr3t/s3cr3t+s3cr3t=0123456789abc"
NOW_MS = 1_900_000_000_000
ETH, BTC = Symbol("ETH/USDT:USDT"), Symbol("BTC/USDT:USDT")
ORDER = "/fapi/v1/order"
POSITIONS = "/fapi/v3/positionRisk"

Handler = Callable[[Mapping[str, str]], object]
Fault = Callable[[HttpResponse], HttpResponse]


class StillClock:
    """Time that moves only when told, or when somebody sleeps."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS
        self.slept: list[float] = []

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic_s(self) -> float:
        return self.now_ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_ms += round(seconds * 1000)
        await asyncio.sleep(0)


@contextmanager
def still(clock: StillClock, at_ms: int) -> Iterator[None]:
    before, clock.now_ms = clock.now_ms, at_ms
    yield
    clock.now_ms = before


def answer(body: object, status: int = 200, **headers: str) -> HttpResponse:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    fields = {"Content-Type": "application/json", **headers}
    return HttpResponse(status=status, headers=fields, body=raw, reason="said")


def refusal(code: int, message: str = "no", status: int = 400) -> HttpResponse:
    return answer({"code": code, "msg": message}, status)


def market(symbol: str, base: str, step: str, tick: str, **changed: object) -> dict[str, object]:
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "9999999", "tickSize": tick},
        {"filterType": "LOT_SIZE", "minQty": step, "maxQty": "1000", "stepSize": step},
        {"filterType": "MIN_NOTIONAL", "notional": "20"},
    ]
    facts: dict[str, object] = {
        "symbol": symbol,
        "pair": symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "status": "TRADING",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": 2,
        "quantityPrecision": 3,
        "filters": filters,
    }
    return {**facts, **changed}


def position(symbol: str, amount: str, **changed: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "symbol": symbol,
        "positionSide": "BOTH",
        "positionAmt": amount,
        "entryPrice": "3300.0",
        "markPrice": "3400.00000000",
        "unRealizedProfit": "12.5",
        "liquidationPrice": "0",
        "notional": str(float(amount) * 3400),
        "marginAsset": "USDT",
        "updateTime": NOW_MS,
    }
    return {**facts, **changed}


def mark(symbol: str, price: str) -> dict[str, object]:
    return {
        "symbol": symbol,
        "markPrice": price,
        "indexPrice": "3399.5",
        "lastFundingRate": "-0.00010000",
        "nextFundingTime": NOW_MS + 3_600_000,
        "time": NOW_MS,
    }


def book(symbol: str, bid: str, ask: str) -> dict[str, object]:
    sizes = {"bidQty": "1.5", "askQty": "2"}
    return {"symbol": symbol, "bidPrice": bid, "askPrice": ask, **sizes, "time": NOW_MS}


def filled(params: Mapping[str, str], **changed: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "orderId": 4711,
        "symbol": params["symbol"],
        "clientOrderId": params.get("newClientOrderId") or params.get("origClientOrderId"),
        "side": params.get("side", "BUY"),
        "status": "FILLED",
        "origQty": params.get("quantity", "1.5"),
        "executedQty": params.get("quantity", "1.5"),
        "avgPrice": "3400.10000",
        "updateTime": NOW_MS + 40,
    }
    return {**facts, **changed}


def settled_account() -> dict[tuple[str, str], Handler]:
    """What a quiet account answers."""
    margin = {
        "totalWalletBalance": "5000.0",
        "totalMarginBalance": "5012.5",
        "totalMaintMargin": "20.4",
        "assets": [],
    }
    coins = [
        {"asset": "ETH", "free": "10.5", "locked": "3.5"},
        {"asset": "BTC", "free": "0", "locked": "0.00000000"},
    ]
    return {
        ("GET", "/fapi/v1/exchangeInfo"): lambda _: {
            "symbols": [
                market("ETHUSDT", "ETH", "0.001", "0.01"),
                market("BTCUSDT", "BTC", "0.001", "0.10"),
                market("SOLUSDT", "SOL", "1", "0.0010", status="SETTLING"),
            ]
        },
        ("GET", "/fapi/v1/time"): lambda _: {"serverTime": NOW_MS + 250},
        ("GET", "/api/v3/time"): lambda _: {"serverTime": NOW_MS - 250},
        ("GET", "/api/v3/account"): lambda _: {"balances": coins, "uid": 354937868},
        ("GET", "/fapi/v3/account"): lambda _: margin,
        ("GET", POSITIONS): lambda _: [position("ETHUSDT", "1.5"), position("XRPUSDT", "7")],
        ("GET", "/fapi/v1/premiumIndex"): lambda _: [
            mark("ETHUSDT", "3400.00"),
            mark("BTCUSDT", "95000"),
        ],
        ("GET", "/fapi/v1/ticker/bookTicker"): lambda _: [
            book("ETHUSDT", "3399.90", "3400.10"),
            book("BTCUSDT", "94999.9", "95000.1"),
        ],
        ("POST", ORDER): filled,
        ("GET", ORDER): filled,
        ("GET", "/fapi/v1/openOrders"): lambda _: [],
        ("GET", "/fapi/v1/userTrades"): lambda _: [],
        ("GET", "/fapi/v1/positionSide/dual"): lambda _: {"dualSidePosition": False},
        ("GET", "/fapi/v1/multiAssetsMargin"): lambda _: {"multiAssetsMargin": False},
        ("GET", "/fapi/v1/accountConfig"): lambda _: {"canTrade": True},
        ("GET", "/fapi/v1/symbolConfig"): lambda _: [
            {"symbol": "ETHUSDT", "marginType": "CROSSED", "leverage": 21}
        ],
        ("GET", "/sapi/v1/account/apiRestrictions"): lambda _: {
            "ipRestrict": True,
            "enableWithdrawals": False,
            "enableFutures": True,
        },
    }


@dataclass
class FakeVenue:
    """Checks signatures, answers from a table, and remembers every request."""

    handlers: dict[tuple[str, str], Handler] = field(default_factory=settled_account)
    faults: dict[tuple[str, str], list[Fault | Exception]] = field(default_factory=dict)
    requests: list[HttpRequest] = field(default_factory=list)
    silent: bool = False  # True: take requests and never answer
    closed: bool = False

    def fault(self, method: str, path: str, *faults: Fault | Exception) -> None:
        """Let the next requests of this kind go wrong, one fault each."""
        self.faults.setdefault((method, path), []).extend(faults)

    def says(self, method: str, path: str, body: object) -> None:
        """Answer this kind of request so from now on."""
        self.handlers[method, path] = lambda _: body

    def seen(self, method: str, path: str) -> list[dict[str, str]]:
        """Return the parameters of every request of one kind."""
        return [
            params_of(request)
            for request in self.requests
            if (request.method, urlsplit(request.url).path) == (method, path)
        ]

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        await asyncio.sleep(0)
        self.requests.append(request)
        if self.silent:
            await asyncio.Event().wait()
        key = (request.method, urlsplit(request.url).path)
        fault = self.faults[key].pop(0) if self.faults.get(key) else None
        if isinstance(fault, Exception):
            raise fault
        handler = self.handlers.get(key)
        said = answer("<html>404</html>", 404) if handler is None else None
        if handler is not None:
            signed = "signature" in params_of(request)
            body = handler(params_of(request)) if not signed or genuine(request) else None
            said = refusal(-1022) if body is None else _as_response(body)
        assert said is not None
        return fault(said) if fault else said

    async def close(self) -> None:
        self.closed = True


def _as_response(body: object) -> HttpResponse:
    return body if isinstance(body, HttpResponse) else answer(body)


def params_of(request: HttpRequest) -> dict[str, str]:
    query = urlsplit(request.url).query or request.body.decode()
    return dict(parse_qsl(query, keep_blank_values=True))


def genuine(request: HttpRequest) -> bool:
    """Say whether a request is signed by us."""
    query = urlsplit(request.url).query or request.body.decode()
    message, _, signature = query.rpartition("&signature=")
    expected = hmac.new(API_SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()
    return signature == expected and request.headers.get("X-MBX-APIKEY") == API_KEY


def config(**changed: object) -> VenueConfig:
    facts: dict[str, object] = {
        "name": VenueName("main"),
        "exchange": "binance",
        "wallets": ("spot", "linear"),
        "mode": Mode.TESTNET,
        "symbols": (ETH, BTC),
        "api_key": API_KEY,
        "api_secret": API_SECRET,
    }
    return VenueConfig(**{**facts, **changed})  # type: ignore[arg-type]
