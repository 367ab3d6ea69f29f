"""What of a scenario depends on the venue's protocol: where orders go, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.sim.trace import Request

D = Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWire:
    """An order as a venue is sent it. In hedge mode its side says whether it shrinks."""

    client_order_id: str
    market_id: str
    amount: Decimal  # in the venue's unit, bought positive
    price: Decimal
    reduce_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """What is another path, or another name, of perpetuals that are settled in coin."""

    ending: str  # of a perpetual's name, the asset before it
    place: str
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One venue's."""

    joint: str  # between base and quote in a market's name
    dollar: str = "USDT"  # the quote there; empty where the base alone is the name
    ending: str = ""  # of a perpetual's name
    place: str  # path of an order
    reads: tuple[str, ...]  # of one snapshot; {} is each market
    order: Callable[[Request], OnTheWire]
    symbol: str = "{0}/USDT:USDT"  # of the linear perpetual of an asset
    named: Callable[[str], str] = str  # our own id, of an order id as the venue has it
    question: str = "GET "  # what every question's method and path begin with
    asked_by_post: frozenset[str] = frozenset()  # paths of questions that have a body
    coin: Coin | None = None  # of perpetuals that are settled in coin, where they are other paths

    @property
    def places(self) -> frozenset[str]:
        """Return every path of an order."""
        return frozenset({self.place, *([self.coin.place] if self.coin else [])})

    def linear(self, asset: str) -> str:
        """Return the symbol of an asset's linear perpetual."""
        return self.symbol.format(asset)

    def market_id(self, asset: str, *, inverse: bool = False) -> str:
        """Return what the perpetual of an asset is called there."""
        if inverse:
            assert self.coin is not None
            return f"{asset}{self.coin.ending}"
        return f"{asset}{self.joint}{self.dollar}{self.ending}"

    def inverse(self, market_id: str) -> bool:
        """Say whether a perpetual is settled in coin."""
        return self.coin is not None and market_id.endswith(self.coin.ending)

    def asset(self, market_id: str) -> str:
        """Return the asset of a perpetual."""
        if self.coin is not None and self.inverse(market_id):
            return market_id.removesuffix(self.coin.ending)
        return market_id.removesuffix(f"{self.joint}{self.dollar}{self.ending}")

    def reads_of(self, linear: Iterable[str], inverse: Iterable[str] = ()) -> tuple[str, ...]:
        """Return what one snapshot of these assets asks."""
        markets = [self.market_id(asset) for asset in linear]
        found = [read.format(market) for read in self.reads for market in markets]
        coins = self.coin.reads if self.coin is not None and list(inverse) else ()
        return tuple(dict.fromkeys((*found, *coins)))


def _closes(params: Mapping[str, str], name: str) -> bool:
    """Say whether an order trades against the side of the position that it names."""
    pair = (params["side"].upper(), params.get(name, "").upper())
    return pair in {("SELL", "LONG"), ("BUY", "SHORT")}


def _binance(request: Request) -> OnTheWire:
    params = request.params
    return OnTheWire(
        client_order_id=params["newClientOrderId"],
        market_id=params["symbol"],
        amount=D(params["quantity"]) * (1 if params["side"] == "BUY" else -1),
        price=D(params["price"]),
        reduce_only=params.get("reduceOnly") == "true" or _closes(params, "positionSide"),
    )


def _bingx(request: Request) -> OnTheWire:
    params = request.params
    return OnTheWire(
        client_order_id=params["clientOrderID"],
        market_id=params["symbol"],
        amount=D(params["quantity"]) * (1 if params["side"] == "BUY" else -1),
        price=D(params["price"]),
        reduce_only=params.get("reduceOnly") == "true" or _closes(params, "positionSide"),
    )


def _bybit(request: Request) -> OnTheWire:
    body = json.loads(request.encoded)
    return OnTheWire(
        client_order_id=body["orderLinkId"],
        market_id=body["symbol"],
        amount=D(body["qty"]) * (1 if body["side"] == "Buy" else -1),
        price=D(body["price"]),
        reduce_only=body.get("reduceOnly") is True
        or (body["side"], body["positionIdx"]) in {("Sell", 1), ("Buy", 2)},
    )


def _mexc(request: Request) -> OnTheWire:
    body = json.loads(request.encoded, parse_int=str, parse_float=str)
    return OnTheWire(
        client_order_id=body["externalOid"],
        market_id=body["symbol"],
        amount=D(body["vol"]) * (1 if body["side"] in ("1", "2") else -1),
        price=D(body["price"]),
        reduce_only=body["side"] in ("2", "4"),
    )


def _okx(request: Request) -> OnTheWire:
    body = json.loads(request.encoded)
    return OnTheWire(
        client_order_id=body["clOrdId"],
        market_id=body["instId"],
        amount=D(body["sz"]) * (1 if body["side"] == "buy" else -1),
        price=D(body["px"]),
        reduce_only=body.get("reduceOnly") is True or _closes(body, "posSide"),
    )


def _weex(request: Request) -> OnTheWire:
    body = json.loads(request.encoded)
    buying = body["side"] == "BUY"
    return OnTheWire(
        client_order_id=body["newClientOrderId"],
        market_id=body["symbol"],
        amount=D(body["quantity"]) * (1 if buying else -1),
        price=D(body["price"]),
        reduce_only=buying is (body["positionSide"] == "SHORT"),
    )


PLACES = ("BTC", "ETH", "XRP")  # of perpetuals in Hyperliquid's list
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _letters(cloid: str) -> str:
    """Return the letters that Hyperliquid's order id stands for."""
    number, found = int(cloid, 16), ""
    while number:
        number, digit = divmod(number, 36)
        found = DIGITS[digit] + found
    return found


def _hyperliquid(request: Request) -> OnTheWire:
    (order,) = json.loads(request.encoded)["action"]["orders"]
    return OnTheWire(
        client_order_id=_letters(order["c"]),
        market_id=PLACES[order["a"]],
        amount=D(order["s"]) * (1 if order["b"] else -1),
        price=D(order["p"]),
        reduce_only=order["r"] is True,
    )


PROTOCOLS: Mapping[str, Protocol] = {
    "binance": Protocol(
        joint="",
        place="/fapi/v1/order",
        reads=(
            "GET /api/v3/account",
            "GET /fapi/v3/account",
            "GET /fapi/v3/positionRisk",
            "GET /fapi/v1/premiumIndex",
            "GET /fapi/v1/ticker/bookTicker",
        ),
        order=_binance,
        coin=Coin(
            ending="USD_PERP",
            place="/dapi/v1/order",
            reads=(
                "GET /dapi/v1/account",
                "GET /dapi/v1/positionRisk",
                "GET /dapi/v1/premiumIndex",
                "GET /dapi/v1/ticker/bookTicker",
            ),
        ),
    ),
    "bingx": Protocol(
        joint="-",
        place="/openApi/swap/v2/trade/order",
        reads=(
            "GET /openApi/spot/v1/account/balance",
            "GET /openApi/swap/v3/user/balance",
            "GET /openApi/swap/v2/user/positions",
            "GET /openApi/swap/v2/quote/premiumIndex",
            "GET /openApi/swap/v2/quote/bookTicker",
        ),
        order=_bingx,
    ),
    "bybit": Protocol(
        joint="",
        place="/v5/order/create",
        reads=(
            "GET /v5/account/wallet-balance",
            "GET /v5/position/list",
            "GET /v5/market/tickers",
        ),
        order=_bybit,
    ),
    "hyperliquid": Protocol(
        joint="",
        dollar="",
        place="/exchange",
        reads=(
            "POST /info spotClearinghouseState",
            "POST /info clearinghouseState",
            "POST /info metaAndAssetCtxs",
            "POST /info l2Book",
        ),
        order=_hyperliquid,
        symbol="{0}/USDC:USDC",
        named=_letters,
        question="POST /info",
        asked_by_post=frozenset({"/info"}),
    ),
    "mexc": Protocol(
        joint="_",
        place="/api/v1/private/order/create",
        reads=(
            "GET /api/v3/account",
            "GET /api/v1/private/account/assets",
            "GET /api/v1/private/position/open_positions",
            "GET /api/v1/contract/ticker",
            "GET /api/v1/contract/depth/{}",
        ),
        order=_mexc,
    ),
    "okx": Protocol(
        joint="-",
        ending="-SWAP",
        place="/api/v5/trade/order",
        reads=(
            "GET /api/v5/account/balance",
            "GET /api/v5/account/positions",
            "GET /api/v5/public/mark-price",
            "GET /api/v5/public/funding-rate",
            "GET /api/v5/market/index-tickers",
            "GET /api/v5/market/tickers",
        ),
        order=_okx,
    ),
    "weex": Protocol(
        joint="",
        place="/capi/v3/order",
        reads=(
            "GET /api/v3/account/",
            "GET /capi/v3/account/balance",
            "GET /capi/v3/account/position/allPosition",
            "GET /capi/v3/market/premiumIndex",
            "GET /capi/v3/market/ticker/bookTicker",
        ),
        asked_by_post=frozenset({"/capi/v3/account/income"}),
        order=_weex,
    ),
}
