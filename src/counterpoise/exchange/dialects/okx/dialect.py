"""Which handler answers which path, and who may call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterpoise.exchange.dialects.common import Row, VenueError, json_answer
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.okx import (
    account,
    market_data,
    order_views,
    orders,
    positions,
    signing,
)
from counterpoise.exchange.dialects.okx.errors import (
    NO_SUCH_PATH,
    TOO_MANY,
    TOO_MANY_STATUS,
    error,
    message_of,
)
from counterpoise.exchange.dialects.okx.wire import Asked, Handler, Table, enveloped, sent_of
from counterpoise.ports import HttpResponse

PUBLIC: Mapping[tuple[str, str], Table] = {
    ("GET", "/api/v5/public/time"): market_data.server_time,
    ("GET", "/api/v5/public/instruments"): market_data.instruments,
    ("GET", "/api/v5/public/mark-price"): market_data.mark_prices,
    ("GET", "/api/v5/public/funding-rate"): market_data.funding_rate,
    ("GET", "/api/v5/public/funding-rate-history"): market_data.funding_rates,
    ("GET", "/api/v5/public/position-tiers"): market_data.tiers,
    ("GET", "/api/v5/market/index-tickers"): market_data.index_tickers,
    ("GET", "/api/v5/market/ticker"): market_data.ticker,
    ("GET", "/api/v5/market/tickers"): market_data.tickers,
    ("GET", "/api/v5/market/books"): market_data.book,
    ("GET", "/api/v5/market/candles"): market_data.candles,
}
# Answers of these are of one row for each thing asked, each with its own code.
BATCHES: Mapping[tuple[str, str], Handler] = {
    ("POST", "/api/v5/trade/order"): orders.create,
    ("POST", "/api/v5/trade/batch-orders"): orders.create,
    ("POST", "/api/v5/trade/cancel-order"): orders.cancel,
    ("POST", "/api/v5/trade/cancel-batch-orders"): orders.cancel,
}
SIGNED: Mapping[tuple[str, str], Handler] = {
    **BATCHES,
    ("GET", "/api/v5/trade/order"): order_views.order,
    ("GET", "/api/v5/trade/orders-pending"): order_views.pending,
    ("GET", "/api/v5/trade/orders-history"): order_views.history,
    ("GET", "/api/v5/trade/fills"): order_views.fills,
    ("GET", "/api/v5/trade/fills-history"): order_views.fills,
    ("GET", "/api/v5/asset/balances"): account.funding_wallet,
    ("GET", "/api/v5/account/balance"): account.balance,
    ("GET", "/api/v5/account/config"): account.config,
    ("GET", "/api/v5/account/positions"): positions.positions,
    ("GET", "/api/v5/account/leverage-info"): account.leverage,
    ("GET", "/api/v5/account/trade-fee"): account.trade_fee,
    ("GET", "/api/v5/account/bills"): account.bills,
    ("GET", "/api/v5/account/bills-archive"): account.bills,
    ("POST", "/api/v5/account/set-position-mode"): account.set_position_mode,
    ("POST", "/api/v5/account/set-leverage"): account.set_leverage,
}
ALL_FAILED, SOME_FAILED = 1, 2
GENERAL_CODES = range(50_000, 51_000)  # these stand at the head of an answer, the rest inside
FORBIDDEN = 403
FORBIDDEN_PAGE = b"<html><head><title>403 Forbidden</title></head><body></body></html>"


@dataclass(frozen=True, slots=True)
class OkxDialect:
    """OKX's protocol over one venue."""

    desk: Desk

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as OKX would: status 200 even where an order is refused."""
        where = (call.method, call.path)
        try:
            if where in SIGNED:
                signing.check_signed(call, self.desk.venue.credentials)
            asked = Asked(desk=self.desk, call=call, sent=sent_of(call.params))
            if where in BATCHES:
                return json_answer(_batch(BATCHES[where](asked)))
            answer: Table = SIGNED.get(where) or PUBLIC.get(where) or _no_such_path
            return json_answer(enveloped(answer(asked)))
        except VenueError as refused:
            return _refused(refused)

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return an error body with `code`, at its head or inside as the code has it."""
        number = int(code)
        text = message or message_of(number)
        if number in GENERAL_CODES:
            return _refused(VenueError(number, text))
        row: Row = {"clOrdId": "", "ordId": "", "tag": "", "sCode": str(number), "sMsg": text}
        return json_answer(_batch([row]))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:  # noqa: ARG002
        """Return the answer to too many requests, or to a banned address; neither says how long."""
        if status == TOO_MANY_STATUS:
            return _refused(error(TOO_MANY, TOO_MANY_STATUS))
        page = {"Content-Type": "text/html"}
        return HttpResponse(status=FORBIDDEN, headers=page, body=FORBIDDEN_PAGE, reason="Forbidden")

    def secret_params(self) -> frozenset[str]:
        """Return no names: all that is secret is in headers."""
        return frozenset()


def _refused(refused: VenueError) -> HttpResponse:
    return json_answer(enveloped([], refused.code, refused.message), status=refused.status)


def _batch(rows: Sequence[Row]) -> Row:
    """Return rows with the code that sums them up."""
    failed = sum(row["sCode"] != "0" for row in rows)
    if failed == len(rows):
        return enveloped(rows, ALL_FAILED, "All operations failed")
    return enveloped(rows, SOME_FAILED if failed else 0)


def _no_such_path(_asked: Asked) -> Sequence[Row]:
    raise error(NO_SUCH_PATH, 404)
