"""WEEX: base units in spite of its contract size, a position side on every order, no look-up."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
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
PASSPHRASE = {"password": DEFAULTS.api_passphrase}
OPTIONS = {"setPositionMode": {"marginMode": "cross"}}


@dataclass(frozen=True)
class Weex:
    venue: str = "weex"
    inverse: str | None = None

    def client(self, wire: Transport, exchange: LocalExchange, **credentials: str) -> ccxt.Exchange:
        return connected(ccxt.weex, wire, exchange, PASSPHRASE | credentials, OPTIONS)

    def amount(self, client: ccxt.Exchange, wish: Wish) -> str:
        return str(wish.quantity)

    def params(self, wish: Wish) -> Json:
        given: Json = {"clientOrderId": wish.own_id}
        if wish.ioc:
            given["timeInForce"] = "IOC"
        if wish.post_only:
            given["timeInForce"] = "POST_ONLY"
        if wish.reduce_only:
            given["reduceOnly"] = True
        if wish.hedge is not None:
            given["positionSide"] = wish.hedge.upper()
        return given

    async def find(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        if ":" not in wish.symbol:
            try:
                return found(
                    await client.fetch_order(None, wish.symbol, {"clientOrderId": wish.own_id})
                )
            except ccxt.OrderNotFound:
                return None
        orders = [
            *await client.fetch_open_orders(wish.symbol),
            *await client.fetch_canceled_and_closed_orders(wish.symbol),
        ]
        return next((found(one) for one in orders if one["clientOrderId"] == wish.own_id), None)

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        await client.cancel_order(None, wish.symbol, {"clientOrderId": wish.own_id})

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        return Decimal(row["contracts"]) * (1 if row["side"] == "long" else -1)

    def received(self, row: Json) -> Decimal:
        return Decimal(str(row["amount"]))

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        return Decimal((await client.fetch_mark_price(LINEAR))["markPrice"])

    async def hedged(self, client: ccxt.Exchange) -> bool:
        answer = await client.contractPrivateGetCapiV3AccountAccountConfig()
        return bool(answer["dualSidePosition"])

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None:
        await client.set_leverage(leverage, LINEAR)


def sent(
    exchange: LocalExchange,
    method: str,
    path: str,
    *,
    query: dict[str, str] | None = None,
    body: Json | str = "",
    headers: dict[str, str] | None = None,
    secret: str = DEFAULTS.api_secret,
) -> tuple[int, Any]:
    """Send a call signed as WEEX wants it: over time, method, path, query and body."""
    target = f"{path}?{urlencode(query)}" if query else path
    text = body if isinstance(body, str) else json.dumps(body)
    given = {
        "ACCESS-KEY": DEFAULTS.api_key,
        "ACCESS-PASSPHRASE": DEFAULTS.api_passphrase,
        "ACCESS-TIMESTAMP": str(exchange.clock.wall_ms()),
        **(headers or {}),
    }
    signed = f"{given['ACCESS-TIMESTAMP']}{method}{target}{text}"
    digest = hmac.new(secret.encode(), signed.encode(), sha256).digest()
    request = HttpRequest(
        method=method,
        url=f"https://api-contract.weex.com{target}",
        headers={"ACCESS-SIGN": b64encode(digest).decode(), **given},
        body=text.encode(),
    )
    answer = exchange.answer(request).response
    assert answer is not None
    return answer.status, json.loads(answer.body)


def raw_order(**changed: object) -> Json:
    """Return the order of a perpetual as WEEX's documents have it; None leaves a field out."""
    order = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "positionSide": "SHORT",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": "0.01",
        "price": "87000",
        "newClientOrderId": "raw1",
    }
    return {key: value for key, value in (order | changed).items() if value is not None}
