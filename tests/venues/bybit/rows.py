"""Answers as Bybit writes them, and somebody who gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, Kind, Symbol, VenueName
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order, Rule
from counterpoise.venues.dialect import Call, Listed, Params

D = Decimal
Row = dict[str, object]
NOW_MS = 1_760_000_000_000
NAME = ClientOrderId("cp0000000000000000000000001a")


def enveloped(result: object) -> Row:
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": NOW_MS}


def page(rows: Sequence[Row], cursor: str = "", category: str = "linear") -> Row:
    return enveloped({"nextPageCursor": cursor, "category": category, "list": list(rows)})


@dataclass
class Script:
    """Gives the answers that were prepared for a path, one after the other, the last for good."""

    answers: Mapping[str, list[object]]
    asked: list[tuple[str, Params]] = field(default_factory=list)

    async def read(self, call: Call, params: Params) -> object:
        self.asked.append((call.path, params))
        prepared = self.answers[call.path]
        said = prepared.pop(0) if len(prepared) > 1 else prepared[0]
        if isinstance(said, Exception):
            raise said
        return said

    async def read_or_none(self, call: Call, params: Params) -> object | None:
        return await self.read(call, params)

    def params(self, path: str) -> list[Params]:
        return [params for asked, params in self.asked if asked == path]


def listed(market_id: str = "BTCUSDT", *, inverse: bool = False, coin: str = "USDT") -> Listed:
    base = Asset(market_id[:3])
    quote = "USD" if inverse else coin
    settle = base if inverse else Asset(coin)
    instrument = Instrument(
        venue=VenueName("main"),
        symbol=Symbol(f"{base}/{quote}:{settle}"),
        base=base,
        quote=Asset(quote),
        settle=settle,
        kind=Kind.INVERSE if inverse else Kind.LINEAR,
        size_step=D(1) if inverse else D("0.001"),
        size_min=D("0.001"),
        size_max=None,
        notional_min=D(5),
        price_step=D("0.1"),
        taker_fee=D("0.0006"),
    )
    return Listed(instrument=instrument, market_id=market_id, size_per_amount=D(1))


BTC, ETH, COIN = listed(), listed("ETHUSDT"), listed("BTCUSD", inverse=True)


def intent(size: str = "0.02", of: Listed = BTC, *, reduce_only: bool = False) -> Intent:
    instrument = of.instrument
    order = Order(
        asset=instrument.base,
        instrument=instrument.key,
        symbol=instrument.symbol,
        size=D(size),
        limit_price=D("87400.5"),
        mark_price=D(87_000),
        notional=D(1740),
        reduce_only=reduce_only,
        rule=Rule.DRIFT,
        position_before=D(0),
        completes=True,
    )
    return Intent(
        client_order_id=NAME,
        sequence=1,
        cycle=1,
        order=order,
        state=IntentState.SENT,
        sent_at_ms=NOW_MS,
        expires_at_ms=NOW_MS + 7_000,
    )


def position(symbol: str = "BTCUSDT", size: str = "0.5", **changed: object) -> Row:
    facts: Row = {
        "symbol": symbol,
        "leverage": "10",
        "avgPrice": "80000",
        "liqPrice": "",
        "positionValue": str(D(size) * 80_000),
        "unrealisedPnl": "12.5",
        "markPrice": "87000",
        "positionIdx": 0,
        "side": "Buy" if D(size) else "",
        "size": size,
    }
    return {**facts, **changed}


def order(**changed: object) -> Row:
    facts: Row = {
        "symbol": "BTCUSDT",
        "orderLinkId": NAME,
        "orderId": "c6f055d9-7f21-4079-913d-e6523a9cfffa",
        "side": "Buy",
        "qty": "0.020",
        "price": "87400.5",
        "cumExecQty": "0.020",
        "avgPrice": "87380.1",
        "orderStatus": "Filled",
        "createdTime": str(NOW_MS),
        "updatedTime": str(NOW_MS + 40),
    }
    return {**facts, **changed}


def execution(number: int, **changed: object) -> Row:
    facts: Row = {
        "symbol": "BTCUSDT",
        "orderId": f"order-{number}",
        "orderLinkId": "",
        "execId": f"exec-{number}",
        "execType": "Trade",
        "createType": "CreateByUser",
        "side": "Buy",
        "execQty": "0.01",
        "execPrice": "87000",
        "execFee": "0.4785",
        "feeCurrency": "",
        "execTime": str(NOW_MS + number),
        "seq": 4_688_002_000 + number,
    }
    return {**facts, **changed}


def coin(name: str, held: str, **changed: object) -> Row:
    facts: Row = {
        "coin": name,
        "equity": held,
        "walletBalance": held,
        "totalPositionMM": "0",
        "usdValue": held,
    }
    return {**facts, **changed}


def wallet(*coins: Row, **changed: object) -> Row:
    facts: Row = {
        "accountType": "UNIFIED",
        "totalMarginBalance": "61000.5",
        "totalMaintenanceMargin": "120.25",
        "coin": list(coins),
    }
    return enveloped({"list": [{**facts, **changed}]})
