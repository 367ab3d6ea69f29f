"""MEXC: futures in contracts, sides and types by number, the client's id as `externalOid`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange
from counterpoise.ports import Transport
from tests.exchange.dialects.speaking import LINEAR, Found, Json, Wish, connected, found

CLOSING = {"buy": 2, "sell": 4}


@dataclass(frozen=True)
class Mexc:
    venue: str = "mexc"
    inverse: str | None = "BTC/USD:BTC"

    def client(self, wire: Transport, exchange: LocalExchange, **credentials: str) -> ccxt.Exchange:
        return connected(ccxt.mexc, wire, exchange, credentials, {})

    def amount(self, client: ccxt.Exchange, wish: Wish) -> str:
        return str(wish.quantity / self._unit(client, wish.symbol))

    def params(self, wish: Wish) -> Json:
        given: Json = {"clientOrderId": wish.own_id}
        if wish.post_only:
            given["postOnly"] = True
        if ":" not in wish.symbol:
            return given | ({"timeInForce": "IOC"} if wish.ioc else {})
        if wish.ioc:
            given["type"] = 3
        if wish.reduce_only:
            given["side"] = CLOSING[wish.side]
        if wish.hedge is not None:
            given["positionMode"] = 1
            if (wish.hedge == "long") is (wish.side == "sell"):
                given["side"] = CLOSING[wish.side]
        return given

    async def find(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        if ":" not in wish.symbol:
            return await self._find_spot(client, wish)
        asked = {"symbol": client.market(wish.symbol)["id"], "external_oid": wish.own_id}
        try:
            answer = await client.contractPrivateGetOrderExternalSymbolExternalOid(asked)
        except ccxt.ExchangeError as error:
            if "2040" not in str(error):
                raise
            return None
        order = client.parse_order(answer["data"], client.market(wish.symbol))
        return found(order, self._unit(client, wish.symbol))

    async def _find_spot(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        try:
            order = await client.fetch_order("", wish.symbol, {"clientOrderId": wish.own_id})
        except ccxt.BadRequest as error:
            if "-2011" not in str(error):
                raise
            return None
        return found(order)

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        if ":" not in wish.symbol:
            await client.cancel_order("", wish.symbol, {"clientOrderId": wish.own_id})
            return
        asked = {"symbol": client.market(wish.symbol)["id"], "externalOid": wish.own_id}
        answer = await client.contractPrivatePostOrderCancelWithExternal(asked)
        assert answer["data"]["errorCode"] == 0, answer

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        sign = 1 if row["side"] == "long" else -1
        unit = Decimal(1) if row["symbol"] == self.inverse else self._unit(client, row["symbol"])
        return Decimal(row["contracts"]) * unit * sign

    def received(self, row: Json) -> Decimal:
        return Decimal(str(row["amount"]))

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        return Decimal(str((await client.fetch_ticker(LINEAR))["info"]["fairPrice"]))

    async def hedged(self, client: ccxt.Exchange) -> bool:
        return bool((await client.fetch_position_mode())["hedged"])

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None:
        await client.set_leverage(leverage, LINEAR, {"openType": 2, "positionType": 1})

    def _unit(self, client: ccxt.Exchange, symbol: str) -> Decimal:
        """Base units per amount; an inverse order states contracts already."""
        market = client.market(symbol)
        return Decimal(market["contractSize"]) if market["linear"] else Decimal(1)
