"""Binance: base units, contracts of coin-margined ones, everything by client order id."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange
from counterpoise.ports import Transport
from tests.exchange.dialects.speaking import LINEAR, Found, Json, Wish, connected, found

OPTIONS = {
    "fetchMarkets": {"types": ["spot", "linear", "inverse"]},
    "fetchMargins": False,
    "fetchCurrencies": False,
}


@dataclass(frozen=True)
class Binance:
    venue: str = "binance"
    inverse: str | None = "BTC/USD:BTC"

    def client(self, wire: Transport, exchange: LocalExchange, **credentials: str) -> ccxt.Exchange:
        made = connected(ccxt.binance, wire, exchange, credentials, OPTIONS)
        made.enable_demo_trading(enable=True)
        return made

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
            given["positionSide"] = wish.hedge.upper()
        return given

    async def find(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        try:
            return found(await client.fetch_order("", wish.symbol, {"clientOrderId": wish.own_id}))
        except ccxt.OrderNotFound:
            return None

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        await client.cancel_order("", wish.symbol, {"clientOrderId": wish.own_id})

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        return Decimal(row["contracts"]) * (1 if row["side"] == "long" else -1)

    def received(self, row: Json) -> Decimal:
        return Decimal(str(row["amount"]))

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        return Decimal((await client.fetch_mark_prices([LINEAR]))[LINEAR]["markPrice"])

    async def hedged(self, client: ccxt.Exchange) -> bool:
        return bool((await client.fetch_position_mode(LINEAR))["hedged"])

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None:
        await client.set_leverage(leverage, LINEAR)
