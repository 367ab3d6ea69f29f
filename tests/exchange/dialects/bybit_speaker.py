"""Bybit: base units, ids alone in answers, two places to look an order up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange
from counterpoise.ports import Transport
from tests.exchange.dialects.speaking import LINEAR, Found, Json, Wish, connected, found

OPTIONS = {"fetchMarkets": {"types": ["spot", "linear", "inverse"]}}
POSITION_INDEX = {None: 0, "long": 1, "short": 2}


@dataclass(frozen=True)
class Bybit:
    venue: str = "bybit"
    inverse: str | None = "BTC/USD:BTC"

    def client(self, wire: Transport, exchange: LocalExchange, **credentials: str) -> ccxt.Exchange:
        return connected(ccxt.bybit, wire, exchange, credentials, OPTIONS)

    def amount(self, client: ccxt.Exchange, wish: Wish) -> str:
        return str(wish.quantity)

    def params(self, wish: Wish) -> Json:
        given: Json = {"clientOrderId": wish.own_id}
        if wish.ioc:
            given["timeInForce"] = "IOC"
        if wish.post_only:
            given["postOnly"] = True
        if wish.reduce_only:
            given["reduceOnly"] = True
        if wish.hedge is not None:
            given["positionIdx"] = POSITION_INDEX[wish.hedge]
        return given

    async def find(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        """Look among the open and the latest orders, then in the history."""
        named = {"orderLinkId": wish.own_id}
        orders = await client.fetch_open_orders(wish.symbol, params=named)
        if not orders:
            market = client.market(wish.symbol)
            category = "spot" if market["spot"] else "linear" if market["linear"] else "inverse"
            answer = await client.privateGetV5OrderHistory(
                {"category": category, "symbol": market["id"], **named}
            )
            orders = client.parse_orders(answer["result"]["list"], market)
        return found(orders[0]) if orders else None

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        await client.cancel_order(None, wish.symbol, {"orderLinkId": wish.own_id})

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        return Decimal(row["contracts"]) * (1 if row["side"] == "long" else -1)

    def received(self, row: Json) -> Decimal:
        """A payment is a fee on Bybit: ccxt hands it on with the sign of a cost."""
        return -Decimal(str(row["amount"]))

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        return Decimal((await client.fetch_ticker(LINEAR))["markPrice"])

    async def hedged(self, client: ccxt.Exchange) -> bool:
        """There is no call for it: the position rows of a symbol tell."""
        rows = await client.fetch_positions([LINEAR])
        return any(row["hedged"] for row in rows)

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None:
        await client.set_leverage(leverage, LINEAR)


async def wallet(trader: ccxt.bybit) -> Json:
    found: Json = (await trader.fetch_balance())["info"]["result"]["list"][0]
    return found


async def coin(trader: ccxt.bybit, name: str) -> Json:
    rows: list[Json] = (await wallet(trader))["coin"]
    return next(row for row in rows if row["coin"] == name)


def raw_order(**changed: object) -> Json:
    order = {
        "category": "linear",
        "symbol": "BTCUSDT",
        "side": "Buy",
        "orderType": "Limit",
        "timeInForce": "IOC",
        "qty": "0.1",
        "price": "87400",
    }
    return {key: value for key, value in (order | changed).items() if value is not None}
