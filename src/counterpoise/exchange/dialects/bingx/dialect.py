"""Which handler answers which path, and who may call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from counterpoise.exchange.dialects.bare import bare_answer
from counterpoise.exchange.dialects.bingx import (
    account,
    market_data,
    orders,
    reads,
    settings,
)
from counterpoise.exchange.dialects.bingx.asked import Asked, asked
from counterpoise.exchange.dialects.bingx.errors import error_answer, message_of, refusals_of
from counterpoise.exchange.dialects.bingx.signing import check_signed
from counterpoise.exchange.dialects.common import VenueError, venue_error
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.moment import SECOND_MS
from counterpoise.exchange.orders import Refused
from counterpoise.ports import HttpResponse

Handler = Callable[[Asked], object]
Routes = Mapping[tuple[str, str], Handler]

PUBLIC: Routes = {
    ("GET", "/openApi/spot/v1/server/time"): market_data.server_time,
    ("GET", "/openApi/spot/v1/common/symbols"): market_data.symbols,
    ("GET", "/openApi/spot/v1/market/depth"): market_data.depth,
    ("GET", "/openApi/spot/v1/ticker/24hr"): market_data.day_ticker,
    ("GET", "/openApi/spot/v1/market/kline"): market_data.candles,
    ("GET", "/openApi/spot/v1/ticker/bookTicker"): market_data.spot_book_ticker,
    ("GET", "/openApi/spot/v2/quote/bookTicker"): market_data.spot_book_ticker,
    ("GET", "/openApi/swap/v2/server/time"): market_data.server_time,
    ("GET", "/openApi/swap/v2/quote/contracts"): market_data.contracts,
    ("GET", "/openApi/swap/v2/quote/depth"): market_data.depth,
    ("GET", "/openApi/swap/v2/quote/ticker"): market_data.day_ticker,
    ("GET", "/openApi/swap/v2/quote/bookTicker"): market_data.swap_book_ticker,
    ("GET", "/openApi/swap/v2/quote/premiumIndex"): market_data.premium_index,
    ("GET", "/openApi/swap/v2/quote/fundingRate"): market_data.funding_rates,
    ("GET", "/openApi/cswap/v1/market/contracts"): market_data.contracts,
    ("GET", "/openApi/cswap/v1/market/depth"): market_data.depth,
    ("GET", "/openApi/cswap/v1/market/ticker"): market_data.day_ticker,
    ("GET", "/openApi/cswap/v1/market/premiumIndex"): market_data.premium_index,
}

SPOT: Routes = {
    ("GET", "/openApi/spot/v1/account/balance"): account.spot_balance,
    ("POST", "/openApi/spot/v1/trade/order"): orders.place_spot,
    ("GET", "/openApi/spot/v1/trade/query"): orders.query,
    ("POST", "/openApi/spot/v1/trade/cancel"): orders.cancel,
    ("POST", "/openApi/spot/v1/trade/cancelOpenOrders"): orders.cancel_all,
    ("GET", "/openApi/spot/v1/trade/openOrders"): reads.open_orders,
    ("GET", "/openApi/spot/v1/trade/historyOrders"): reads.history,
    ("GET", "/openApi/spot/v1/trade/myTrades"): reads.spot_fills,
    ("GET", "/openApi/spot/v1/user/commissionRate"): settings.fees,
    ("GET", "/openApi/wallets/v1/capital/config/getall"): settings.coins,
    ("GET", "/openApi/account/v1/uid"): settings.account_id,
    ("GET", "/openApi/v1/account/apiPermissions"): settings.key_permissions,
    ("GET", "/openApi/v1/account/apiRestrictions"): settings.key_restrictions,
    ("GET", "/openApi/fund/v1/account/balance"): account.no_funds,
    ("GET", "/openApi/contract/v1/balance"): account.nothing,
    ("GET", "/openApi/contract/v1/allPosition"): account.nothing,
}

LINEAR: Routes = {
    ("GET", "/openApi/swap/v3/user/balance"): account.margin_balance,
    ("GET", "/openApi/swap/v2/user/positions"): account.positions,
    ("GET", "/openApi/swap/v2/user/income"): account.income,
    ("GET", "/openApi/swap/v2/user/commissionRate"): settings.fees,
    ("POST", "/openApi/swap/v2/trade/order"): orders.place_linear,
    ("POST", "/openApi/swap/v2/trade/order/test"): orders.rehearse,
    ("GET", "/openApi/swap/v2/trade/order"): orders.query,
    ("DELETE", "/openApi/swap/v2/trade/order"): orders.cancel,
    ("DELETE", "/openApi/swap/v2/trade/allOpenOrders"): orders.cancel_all,
    ("GET", "/openApi/swap/v2/trade/openOrders"): reads.open_orders,
    ("GET", "/openApi/swap/v2/trade/allOrders"): reads.history,
    ("GET", "/openApi/swap/v2/trade/forceOrders"): reads.forced_orders,
    ("GET", "/openApi/swap/v1/trade/fullOrder"): reads.all_orders,
    ("GET", "/openApi/swap/v2/trade/allFillOrders"): reads.linear_fills,
    ("GET", "/openApi/swap/v1/positionSide/dual"): settings.position_mode,
    ("POST", "/openApi/swap/v1/positionSide/dual"): settings.set_position_mode,
    ("GET", "/openApi/swap/v2/trade/leverage"): settings.leverage,
    ("POST", "/openApi/swap/v2/trade/leverage"): settings.set_leverage,
    ("GET", "/openApi/swap/v2/trade/marginType"): settings.margin_type,
    ("POST", "/openApi/swap/v2/trade/marginType"): settings.set_margin_type,
    ("GET", "/openApi/swap/v1/maintMarginRatio"): settings.brackets,
}

INVERSE: Routes = {
    ("GET", "/openApi/cswap/v1/user/balance"): account.margin_balance,
    ("GET", "/openApi/cswap/v1/user/positions"): account.positions,
    ("GET", "/openApi/cswap/v1/user/commissionRate"): settings.fees,
    ("POST", "/openApi/cswap/v1/trade/order"): orders.place_inverse,
    ("GET", "/openApi/cswap/v1/trade/orderDetail"): orders.query,
    ("DELETE", "/openApi/cswap/v1/trade/cancelOrder"): orders.cancel,
    ("DELETE", "/openApi/cswap/v1/trade/allOpenOrders"): orders.cancel_all,
    ("GET", "/openApi/cswap/v1/trade/openOrders"): reads.open_orders,
    ("GET", "/openApi/cswap/v1/trade/forceOrders"): reads.forced_orders,
    ("GET", "/openApi/cswap/v1/trade/orderHistory"): reads.history,
    ("GET", "/openApi/cswap/v1/trade/allFillOrders"): reads.inverse_fills,
    ("GET", "/openApi/cswap/v1/trade/leverage"): settings.leverage,
    ("POST", "/openApi/cswap/v1/trade/leverage"): settings.set_leverage,
    ("GET", "/openApi/cswap/v1/trade/marginType"): settings.margin_type,
    ("POST", "/openApi/cswap/v1/trade/marginType"): settings.set_margin_type,
}

ROUTES = {**PUBLIC, **SPOT, **LINEAR, **INVERSE}
TOO_MANY = 429
BLOCKED = (
    "code:100410:The endpoint trigger frequency limit rule is currently in the disabled period and "
    "will be unblocked after {}"
)


@dataclass(frozen=True, slots=True)
class BingxDialect:
    """BingX's protocol over one venue."""

    desk: Desk

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as BingX would, by code alone: the status is always 200."""
        found = ROUTES.get((call.method, call.path))
        question = asked(self.desk, call)
        if found is None:
            return self._error(VenueError(100400, "this api is not exist"))
        try:
            if (call.method, call.path) not in PUBLIC:
                check_signed(call, self.desk.venue.credentials)
            data = found(question)
        except VenueError as error:
            return self._error(error)
        except Refused as refused:
            return self._error(venue_error(refused, refusals_of(question.market)))
        if isinstance(data, orders.Bare):
            return bare_answer(data)
        return bare_answer({"code": 0, "msg": "", "timestamp": call.now.venue_ms, "data": data})

    def _error(self, error: VenueError) -> HttpResponse:
        return error_answer(error, self.desk.venue.clock.now().venue_ms)

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return an error body with `code`."""
        number = int(code)
        return self._error(VenueError(number, message or message_of(number)))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:
        """Return the answer to too many requests; a ban says in its text until when."""
        until_ms = self.desk.venue.clock.now().venue_ms + retry_after_s * SECOND_MS
        text = message_of(100410) if status == TOO_MANY else BLOCKED.replace("{}", str(until_ms))
        answer = self._error(VenueError(100410, text, TOO_MANY))
        return replace(answer, headers={**answer.headers, "Retry-After": str(retry_after_s)})

    def secret_params(self) -> frozenset[str]:
        """Return the names of parameters that no log may show."""
        return frozenset({"signature"})
