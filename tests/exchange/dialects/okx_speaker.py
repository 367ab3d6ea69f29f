"""OKX: perpetuals in contracts, a passphrase, and the header of demo trading."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig
from counterpoise.ports import Transport
from tests.exchange.dialects.speaking import LINEAR, Found, Json, Wish, connected, found

PASSPHRASE = {"password": LocalExchangeConfig().api_passphrase}


@dataclass(frozen=True)
class Okx:
    venue: str = "okx"
    inverse: str | None = "BTC/USD:BTC"

    def client(self, wire: Transport, exchange: LocalExchange, **credentials: str) -> ccxt.Exchange:
        made = connected(ccxt.okx, wire, exchange, PASSPHRASE | credentials, {})
        made.set_sandbox_mode(True)
        return made

    def amount(self, client: ccxt.Exchange, wish: Wish) -> str:
        return str((wish.quantity / self._unit(client, wish.symbol)).normalize())

    def params(self, wish: Wish) -> Json:
        given: Json = {"clientOrderId": wish.own_id}
        if wish.ioc:
            given["timeInForce"] = "IOC"
        if wish.post_only:
            given["postOnly"] = True
        if wish.reduce_only:
            given["reduceOnly"] = True
        if wish.hedge is not None:
            given["positionSide"] = wish.hedge
        return given

    async def find(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        try:
            order = await client.fetch_order("", wish.symbol, {"clientOrderId": wish.own_id})
        except ccxt.OrderNotFound:
            return None
        return found(order, self._unit(client, wish.symbol))

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        await client.cancel_order("", wish.symbol, {"clientOrderId": wish.own_id})

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        sign = 1 if row["side"] == "long" else -1
        return Decimal(row["contracts"]) * self._unit(client, row["symbol"]) * sign

    def received(self, row: Json) -> Decimal:
        return Decimal(str(row["amount"]))

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        return Decimal((await client.fetch_mark_prices([LINEAR]))[LINEAR]["markPrice"])

    async def hedged(self, client: ccxt.Exchange) -> bool:
        return bool((await client.fetch_position_mode())["hedged"])

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None:
        await client.set_leverage(leverage, LINEAR)

    def _unit(self, client: ccxt.Exchange, symbol: str) -> Decimal:
        """Base units per amount; an inverse order states contracts already."""
        market = client.market(symbol)
        return Decimal(market["contractSize"]) if market["linear"] else Decimal(1)


async def wallet(trader: ccxt.okx) -> Json:
    found: Json = (await trader.fetch_balance())["info"]["data"][0]
    return found


async def coin(trader: ccxt.okx, name: str) -> Json:
    rows: list[Json] = (await wallet(trader))["details"]
    return next(row for row in rows if row["ccy"] == name)


def raw_order(**changed: object) -> Json:
    order = {
        "instId": "BTC-USDT-SWAP",
        "tdMode": "cross",
        "side": "buy",
        "ordType": "ioc",
        "sz": "10",
        "px": "87400",
        "clOrdId": "raw1",
    }
    return {key: value for key, value in (order | changed).items() if value is not None}
