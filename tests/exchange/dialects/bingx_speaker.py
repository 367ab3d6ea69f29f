"""BingX: base units, everything in the query, client order ids in lower case."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig
from counterpoise.ports import HttpRequest, Transport
from tests.exchange.dialects.speaking import LINEAR, Found, Json, Wish, connected, found

DEFAULTS = LocalExchangeConfig()


@dataclass(frozen=True)
class Bingx:
    venue: str = "bingx"
    inverse: str | None = "BTC/USD:BTC"

    def client(self, wire: Transport, exchange: LocalExchange, **credentials: str) -> ccxt.Exchange:
        return connected(ccxt.bingx, wire, exchange, credentials, {})

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
        market = client.market(wish.symbol)
        asked = {"symbol": market["id"]}
        try:
            if market["spot"]:
                asked["clientOrderID"] = wish.own_id  # the only spelling that spot knows
                answer = await client.spotV1PrivateGetTradeQuery(asked)
                return found(client.parse_order(answer["data"], market))
            asked["clientOrderId"] = wish.own_id
            answer = await client.swapV2PrivateGetTradeOrder(asked)
        except ccxt.OrderNotFound:
            return None
        return found(client.parse_order(answer["data"]["order"], market))

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        await client.cancel_order(None, wish.symbol, {"clientOrderId": wish.own_id})

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        return Decimal(row["contracts"]) * (1 if row["side"] == "long" else -1)

    def received(self, row: Json) -> Decimal:
        return Decimal(str(row["amount"]))

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        return Decimal((await client.fetch_mark_price(LINEAR))["markPrice"])

    async def hedged(self, client: ccxt.Exchange) -> bool:
        return bool((await client.fetch_position_mode())["hedged"])

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None:
        await client.set_leverage(leverage, LINEAR, {"side": "BOTH"})


def sent(
    exchange: LocalExchange,
    method: str,
    path: str,
    *,
    secret: str = DEFAULTS.api_secret,
    **params: str,
) -> tuple[int, Any]:
    """Send a call signed as BingX wants it: over the text of the query, unencoded."""
    given = {"timestamp": str(exchange.clock.wall_ms()), **params}
    text = "&".join(f"{name}={value}" for name, value in given.items())
    signature = hmac.new(secret.encode(), text.encode(), sha256).hexdigest()
    request = HttpRequest(
        method=method,
        url=f"https://open-api.bingx.com{path}?{urlencode(given)}&signature={signature}",
        headers={"X-BX-APIKEY": DEFAULTS.api_key},
    )
    answer = exchange.answer(request).response
    assert answer is not None
    return answer.status, json.loads(answer.body)
