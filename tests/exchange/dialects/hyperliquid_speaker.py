"""Hyperliquid: dollars are USDC, ids are 128 bits, and a market order is a limit far away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig
from counterpoise.ports import Transport
from tests.exchange.dialects.speaking import LINEAR, Found, Json, Wish, connected, found

CONFIG = LocalExchangeConfig(venue="hyperliquid")
WALLET = {"walletAddress": CONFIG.api_key, "privateKey": CONFIG.api_secret}
NOBODY = "0x" + "9" * 40
# else ccxt asks before each order to be paid for it, and named as whoever sent the user
OPTIONS = {
    "refSet": True,
    "approvedBuilderFee": True,
    "builderFee": False,
    "fetchMarkets": {"types": ["spot", "swap"]},
}


@dataclass(frozen=True)
class Hyperliquid:
    venue: str = "hyperliquid"
    inverse: str | None = None

    def client(self, wire: Transport, exchange: LocalExchange, **credentials: str) -> ccxt.Exchange:
        """Return ccxt's class; what the other venues quote in USDT is USDC here, by both names."""
        made = connected(ccxt.hyperliquid, wire, exchange, WALLET | credentials, OPTIONS)
        made.set_sandbox_mode(True)
        load = made.load_markets

        async def load_markets(*given: object) -> Mapping[str, object]:
            for symbol, market in dict(await load(*given)).items():
                made.markets[symbol.replace("USDC", "USDT")] = market
            listed: Mapping[str, object] = made.markets
            return listed

        made.load_markets = load_markets
        return made

    def amount(self, client: ccxt.Exchange, wish: Wish) -> str:
        return str(wish.quantity)

    def params(self, wish: Wish) -> Json:
        given: Json = {"clientOrderId": cloid(wish.own_id)}
        if wish.ioc:
            given["timeInForce"] = "Ioc"
        if wish.post_only:
            given["postOnly"] = True
        if wish.reduce_only:
            given["reduceOnly"] = True
        return given

    async def find(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        try:
            order = await client.fetch_order("", wish.symbol, self.params(wish))
        except ccxt.OrderNotFound:
            return None
        if order["status"] == "rejected":
            return Found(open=False, quantity=wish.quantity, filled=Decimal(0), average=None)
        trades = await client.fetch_my_trades(wish.symbol)  # an order does not say its average
        of_it = [one for one in trades if one["order"] == order["id"]]
        filled = sum((Decimal(one["amount"]) for one in of_it), start=Decimal(0))
        worth = sum((Decimal(one["cost"]) for one in of_it), start=Decimal(0))
        return found({**order, "average": str(worth / filled) if filled else None})

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        await client.cancel_order("", wish.symbol, {"clientOrderId": cloid(wish.own_id)})

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        return Decimal(row["contracts"]) * (1 if row["side"] == "long" else -1)

    def received(self, row: Json) -> Decimal:
        return Decimal(str(row["amount"]))

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        return Decimal((await client.fetch_funding_rates([LINEAR]))["BTC/USDC:USDC"]["markPrice"])

    async def hedged(self, client: ccxt.Exchange) -> bool:
        """Say no: a position there is one-way, and says so."""
        rows = (await client.publicPostInfo(question("clearinghouseState")))["assetPositions"]
        return any(row["type"] != "oneWay" for row in rows)

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None:
        await client.set_leverage(leverage, LINEAR)


def cloid(own_id: str) -> str:
    """Return an id of 128 bits for a word."""
    return f"0x{own_id.encode().hex():0>32}"


def question(kind: str, **more: object) -> Json:
    """Return a question about the account."""
    return {"type": kind, "user": CONFIG.api_key, **more}


def named(own_id: str) -> Json:
    return {"clientOrderId": cloid(own_id)}


async def sold(trader: ccxt.hyperliquid, own_id: str = "mine1") -> None:
    await trader.create_order(
        "BTC/USDC:USDC", "limit", "sell", "0.02", "87000", {**named(own_id), "timeInForce": "Ioc"}
    )
