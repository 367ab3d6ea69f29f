"""Which handler answers which path, and who may call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from counterpoise.exchange.dialects.bare import bare_answer
from counterpoise.exchange.dialects.common import VenueError, venue_error
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.mexc import (
    contract_account,
    contract_market,
    contract_orders,
    contract_reads,
    contract_settings,
    spot_account,
    spot_market,
    spot_orders,
)
from counterpoise.exchange.dialects.mexc.errors import (
    BAD_REQUEST,
    CONTRACT,
    SPOT,
    SPOT_CODE_MIN,
    TOO_MANY,
    contract_answer,
    message_of,
    spot_answer,
)
from counterpoise.exchange.dialects.mexc.routes import Routes
from counterpoise.exchange.dialects.mexc.signing import check_contract, check_spot
from counterpoise.exchange.orders import Refused
from counterpoise.ports import HttpResponse

Handler = Callable[[Desk, Call], object]

SPOT_ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", "/api/v3/ping"): spot_market.ping,
    ("GET", "/api/v3/time"): spot_market.server_time,
    ("GET", "/api/v3/exchangeInfo"): spot_market.exchange_info,
    ("GET", "/api/v3/depth"): spot_market.depth,
    ("GET", "/api/v3/klines"): spot_market.candles,
    ("GET", "/api/v3/ticker/24hr"): spot_market.day_ticker,
    ("GET", "/api/v3/ticker/price"): spot_market.price_ticker,
    ("GET", "/api/v3/ticker/bookTicker"): spot_market.book_ticker,
    ("GET", "/api/v3/account"): spot_account.account,
    ("GET", "/api/v3/tradeFee"): spot_account.trade_fee,
    ("GET", "/api/v3/uid"): spot_account.uid,
    ("GET", "/api/v3/capital/config/getall"): spot_account.coins,
    ("POST", "/api/v3/order"): spot_orders.place,
    ("POST", "/api/v3/order/test"): spot_orders.rehearse,
    ("GET", "/api/v3/order"): spot_orders.query,
    ("DELETE", "/api/v3/order"): spot_orders.cancel,
    ("DELETE", "/api/v3/order/all"): spot_orders.cancel_everything,
    ("GET", "/api/v3/openOrders"): spot_orders.open_orders,
    ("DELETE", "/api/v3/openOrders"): spot_orders.cancel_all,
    ("GET", "/api/v3/allOrders"): spot_orders.all_orders,
    ("GET", "/api/v3/myTrades"): spot_orders.trades,
}
SPOT_PUBLIC = ("/api/v3/ping", "/api/v3/time", "/api/v3/exchangeInfo", "/api/v3/depth",
               "/api/v3/klines", "/api/v3/ticker/")  # fmt: skip

CONTRACT_ROUTES: Mapping[tuple[str, str], Handler] = {
    ("GET", "/api/v1/contract/ping"): contract_market.ping,
    ("GET", "/api/v1/contract/detail"): contract_market.detail,
    ("GET", "/api/v1/contract/depth/{symbol}"): contract_market.depth,
    ("GET", "/api/v1/contract/ticker"): contract_market.ticker,
    ("GET", "/api/v1/contract/fair_price/{symbol}"): contract_market.fair_price,
    ("GET", "/api/v1/contract/index_price/{symbol}"): contract_market.index_price,
    ("GET", "/api/v1/contract/funding_rate/history"): contract_market.funding_history,
    ("GET", "/api/v1/contract/funding_rate/{symbol}"): contract_market.funding_rate,
    ("GET", "/api/v1/private/account/assets"): contract_account.assets,
    ("GET", "/api/v1/private/account/asset/{currency}"): contract_account.asset,
    ("GET", "/api/v1/private/account/tiered_fee_rate/v2"): contract_settings.fee_rate,
    ("GET", "/api/v1/private/position/open_positions"): contract_account.positions,
    ("GET", "/api/v1/private/position/funding_records"): contract_account.funding_records,
    ("GET", "/api/v1/private/position/position_mode"): contract_settings.position_mode,
    ("POST", "/api/v1/private/position/change_position_mode"): contract_settings.set_position_mode,
    ("GET", "/api/v1/private/position/leverage"): contract_settings.leverage,
    ("POST", "/api/v1/private/position/change_leverage"): contract_settings.set_leverage,
    ("POST", "/api/v1/private/order/create"): contract_orders.place,
    ("POST", "/api/v1/private/order/cancel"): contract_orders.cancel,
    ("POST", "/api/v1/private/order/cancel_with_external"): contract_orders.cancel_external,
    ("POST", "/api/v1/private/order/cancel_all"): contract_orders.cancel_all,
    ("GET", "/api/v1/private/order/get/{order_id}"): contract_orders.by_id,
    ("GET", "/api/v1/private/order/external/{symbol}/{external_oid}"): contract_orders.by_external,
    ("GET", "/api/v1/private/order/list/open_orders"): contract_reads.open_orders,
    ("GET", "/api/v1/private/order/list/open_orders/{symbol}"): contract_reads.open_orders,
    ("GET", "/api/v1/private/order/list/history_orders"): contract_reads.history_orders,
    ("GET", "/api/v1/private/order/list/order_deals"): contract_reads.deals,
    ("GET", "/api/v1/private/order/deal_details/{order_id}"): contract_reads.deals_of_order,
}
CONTRACT_PREFIX, PRIVATE_PREFIX = "/api/v1/", "/api/v1/private/"
ROUTES = Routes({**SPOT_ROUTES, **CONTRACT_ROUTES})
FORBIDDEN_PAGE = b"<html><head><title>403 Forbidden</title></head><body>Access Denied</body></html>"
FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class MexcDialect:
    """MEXC's protocols over one venue."""

    desk: Desk

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as MEXC would: spot bare, futures in an envelope."""
        if call.path.startswith(CONTRACT_PREFIX):
            return self._contract(call)
        return self._spot(call)

    def _spot(self, call: Call) -> HttpResponse:
        found = ROUTES.find(call.method, call.path)
        if found is None:
            return spot_answer(VenueError(404, "Not Found", 404))
        try:
            if not call.path.startswith(SPOT_PUBLIC):
                check_spot(call, self.desk.venue.credentials)
            return bare_answer(found[0](self.desk, call))
        except VenueError as error:
            return spot_answer(error)
        except Refused as refused:
            return spot_answer(_bad_request(venue_error(refused, SPOT)))

    def _contract(self, call: Call) -> HttpResponse:
        found = ROUTES.find(call.method, call.path)
        if found is None:
            return contract_answer(VenueError(404, "Not Found", 404))
        handler, named = found
        try:
            if call.path.startswith(PRIVATE_PREFIX):
                check_contract(call, self.desk.venue.credentials)
            data = handler(self.desk, replace(call, params={**call.params, **named}))
        except VenueError as error:
            return contract_answer(error)
        except Refused as refused:
            return contract_answer(venue_error(refused, CONTRACT))
        return bare_answer({"success": True, "code": 0} | ({} if data is None else {"data": data}))

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return an error body with `code`, in the form of the market that uses it."""
        number = int(code)
        error = VenueError(number, message or message_of(number), BAD_REQUEST)
        if number < 0 or number >= SPOT_CODE_MIN:
            return spot_answer(error)
        return contract_answer(VenueError(number, error.message))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:
        """Return the answer to too many requests; a banned address meets the firewall's page."""
        retry = {"Retry-After": str(retry_after_s)}
        if status != TOO_MANY:
            headers = {"Content-Type": "text/html", **retry}
            return HttpResponse(status=FORBIDDEN, headers=headers, body=FORBIDDEN_PAGE)
        answer = contract_answer(VenueError(510, message_of(510), TOO_MANY))
        return replace(answer, headers={**answer.headers, **retry})

    def secret_params(self) -> frozenset[str]:
        """Return the names of parameters that no log may show."""
        return frozenset({"signature"})


def _bad_request(error: VenueError) -> VenueError:
    """Return an error as spot sends it."""
    return VenueError(error.code, error.message, BAD_REQUEST)
