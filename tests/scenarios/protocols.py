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
    """An order as a venue is sent it."""

    client_order_id: str
    market_id: str
    amount: Decimal  # in the venue's unit, bought positive
    price: Decimal
    reduce_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One venue's."""

    joint: str  # between base and quote in a market's name
    ending: str = ""  # of a perpetual's name
    place: str  # path of an order
    reads: tuple[str, ...]  # of one snapshot; {} is each market
    order: Callable[[Request], OnTheWire]

    def market_id(self, asset: str) -> str:
        """Return what the perpetual of an asset is called there."""
        return f"{asset}{self.joint}USDT{self.ending}"

    def asset(self, market_id: str) -> str:
        """Return the asset of a perpetual."""
        return market_id.removesuffix(f"{self.joint}USDT{self.ending}")

    def reads_of(self, assets: Iterable[str]) -> tuple[str, ...]:
        """Return what one snapshot of these assets asks."""
        markets = [self.market_id(asset) for asset in assets]
        return tuple(
            dict.fromkeys(read.format(market) for read in self.reads for market in markets)
        )


def _binance(request: Request) -> OnTheWire:
    params = request.params
    return OnTheWire(
        client_order_id=params["newClientOrderId"],
        market_id=params["symbol"],
        amount=D(params["quantity"]) * (1 if params["side"] == "BUY" else -1),
        price=D(params["price"]),
        reduce_only=params.get("reduceOnly") == "true",
    )


def _bingx(request: Request) -> OnTheWire:
    params = request.params
    return OnTheWire(
        client_order_id=params["clientOrderID"],
        market_id=params["symbol"],
        amount=D(params["quantity"]) * (1 if params["side"] == "BUY" else -1),
        price=D(params["price"]),
        reduce_only=params.get("reduceOnly") == "true",
    )


def _bybit(request: Request) -> OnTheWire:
    body = json.loads(request.encoded)
    return OnTheWire(
        client_order_id=body["orderLinkId"],
        market_id=body["symbol"],
        amount=D(body["qty"]) * (1 if body["side"] == "Buy" else -1),
        price=D(body["price"]),
        reduce_only=body.get("reduceOnly") is True,
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
        reduce_only=body.get("reduceOnly") is True,
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
}
