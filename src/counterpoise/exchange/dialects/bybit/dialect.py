"""Which handler answers which path, and who may call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from counterpoise.exchange.dialects.bybit import (
    account,
    executions,
    market_data,
    order_views,
    orders,
    positions,
    signing,
)
from counterpoise.exchange.dialects.bybit.errors import (
    INVALID,
    NO_DEMO,
    NO_SUCH_PATH,
    TOO_MANY,
    error,
    message_of,
)
from counterpoise.exchange.dialects.bybit.wire import Asked, Handler, enveloped, sent_of
from counterpoise.exchange.dialects.common import (
    Row,
    VenueError,
    fields_of,
    json_answer,
)
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.moment import SECOND_MS
from counterpoise.ports import HttpResponse

PUBLIC: Mapping[tuple[str, str], Handler] = {
    ("GET", "/v5/market/time"): market_data.server_time,
    ("GET", "/v5/market/instruments-info"): market_data.instruments,
    ("GET", "/v5/market/tickers"): market_data.tickers,
    ("GET", "/v5/market/kline"): market_data.candles,
    ("GET", "/v5/market/orderbook"): market_data.book,
    ("GET", "/v5/market/funding/history"): market_data.funding_rates,
    ("GET", "/v5/market/risk-limit"): market_data.risk_limits,
}
SIGNED: Mapping[tuple[str, str], Handler] = {
    ("GET", "/v5/user/query-api"): account.key_information,
    ("GET", "/v5/account/info"): account.account_information,
    ("GET", "/v5/account/wallet-balance"): account.wallet_balance,
    ("GET", "/v5/account/fee-rate"): account.fee_rates,
    ("POST", "/v5/account/set-margin-mode"): account.set_margin_mode,
    ("GET", "/v5/asset/coin/query-info"): account.coins,
    ("GET", "/v5/asset/transfer/query-account-coins-balance"): account.funding_wallet,
    ("GET", "/v5/position/list"): positions.positions,
    ("POST", "/v5/position/switch-mode"): positions.switch_mode,
    ("POST", "/v5/position/set-leverage"): positions.set_leverage,
    ("POST", "/v5/order/create"): orders.create,
    ("POST", "/v5/order/cancel"): orders.cancel,
    ("POST", "/v5/order/cancel-all"): orders.cancel_all,
    ("GET", "/v5/order/realtime"): order_views.realtime,
    ("GET", "/v5/order/history"): order_views.history,
    ("GET", "/v5/execution/list"): executions.executions,
}
DEMO_HOST = "api-demo.bybit.com"
NOT_IN_DEMO = ("/v5/user/", "/v5/asset/")  # the key's own facts, and whatever moves money
TOO_MANY_STATUS = 429  # what a fault calls it; Bybit does not
BANNED = 403
PAGE = {"Content-Type": "text/plain"}
BANNED_PAGE = b"access too frequent, please try again in 10 minutes"
LIMIT = 50  # private requests a second, as told in headers; nothing is refused for them


@dataclass(frozen=True, slots=True)
class BybitDialect:
    """Bybit's protocol over one venue."""

    desk: Desk

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as Bybit would: mostly with status 200, errors included."""
        where = (call.method, call.path)
        try:
            if call.host == DEMO_HOST and call.path.startswith(NOT_IN_DEMO):
                raise error(NO_DEMO)
            if where in SIGNED:
                signing.check_signed(call, self.desk.venue.credentials)
            handler = SIGNED.get(where) or PUBLIC.get(where) or _no_such_path
            asked = Asked(desk=self.desk, call=call, sent=sent_of(_fields(call)))
            return json_answer(enveloped(handler(asked), call.now.venue_ms))
        except VenueError as refused:
            return self._refused(refused)

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return an error body with `code`."""
        number = int(code)
        return self._refused(VenueError(number, message or message_of(number)))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:
        """
        Return the answer to too many requests, or to a banned address.

        The first is status 200 with a code and a time in a header, the second a page with 403:
        neither has `Retry-After`.
        """
        if status != TOO_MANY_STATUS:
            return HttpResponse(status=BANNED, headers=PAGE, body=BANNED_PAGE, reason="Forbidden")
        reset_ms = self.desk.venue.clock.now().venue_ms + retry_after_s * SECOND_MS
        answer = self._refused(error(TOO_MANY))
        told = {"X-Bapi-Limit-Status": "0", "X-Bapi-Limit-Reset-Timestamp": str(reset_ms)}
        return replace(answer, headers={**answer.headers, "X-Bapi-Limit": str(LIMIT), **told})

    def _refused(self, refused: VenueError) -> HttpResponse:
        now_ms = self.desk.venue.clock.now().venue_ms
        body = enveloped({}, now_ms, refused.code, refused.message)
        return json_answer(body, status=refused.status)

    def secret_params(self) -> frozenset[str]:
        """Return no names: all that is secret is in headers."""
        return frozenset()


def _no_such_path(_asked: Asked) -> Row:
    raise error(NO_SUCH_PATH, 404)


def _fields(call: Call) -> Mapping[str, str]:
    try:
        return fields_of(call)
    except ValueError as broken:
        raise VenueError(INVALID, "params error: body is not JSON") from broken
