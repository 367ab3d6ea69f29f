"""Changes of a futures wallet."""

from __future__ import annotations

from counterpoise.exchange.dialects.binance import params
from counterpoise.exchange.dialects.binance.desk import Desk, Handler
from counterpoise.exchange.dialects.binance.wire import Json, fixed
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Income, IncomeType

INCOME_ROWS = 100


def income(market: Market) -> Handler:
    """Return the handler that lists changes of a market's wallet, oldest first."""

    def handler(desk: Desk, call: Call) -> Json:
        symbol = call.params.get("symbol")
        kind = (
            params.word(call.params, "incomeType", IncomeType, -1102)
            if ("incomeType" in call.params)
            else None
        )
        since_ms = params.whole(call.params, "startTime")
        until_ms = params.whole(call.params, "endTime")
        found = [
            _income_row(row)
            for row in desk.venue.engine.ledger.incomes
            if desk.settles(row.asset, market)
            and (symbol is None or row.symbol == symbol)
            and (kind is None or row.type is kind)
            and (since_ms is None or row.at_ms >= since_ms)
            and (until_ms is None or row.at_ms <= until_ms)
        ]
        rows = params.rows_max(call.params, INCOME_ROWS)
        return found[:rows] if since_ms is not None else found[-rows:]

    return handler


def _income_row(row: Income) -> dict[str, object]:
    return {
        "symbol": row.symbol,
        "incomeType": row.type.value,
        "income": fixed(row.amount),
        "asset": row.asset,
        "time": row.at_ms,
        "info": row.type.value,
        "tranId": row.id,
        "tradeId": str(row.trade_id) if row.trade_id is not None else "",
    }
