"""Which handler answers which path, and who may call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from counterpoise.exchange.dialects.common import VenueError, json_answer, venue_error
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.weex import account, market_data, placing, reads, settings
from counterpoise.exchange.dialects.weex.asked import Asked, asked
from counterpoise.exchange.dialects.weex.errors import (
    BAD_REQUEST,
    COMMON,
    TOO_MANY,
    error_answer,
    message_of,
    refusals_of,
)
from counterpoise.exchange.dialects.weex.signing import check_signed
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Refused
from counterpoise.ports import HttpResponse

Handler = Callable[[Asked], object]
Routes = Mapping[tuple[str, str], Handler]

PUBLIC: Routes = {
    ("GET", "/api/v3/ping"): market_data.ping,
    ("GET", "/api/v3/time"): market_data.server_time,
    ("GET", "/api/v3/coins"): market_data.coins,
    ("GET", "/api/v3/exchangeInfo"): market_data.exchange_info,
    ("GET", "/api/v3/apiTradingSymbols"): market_data.trading_symbols,
    ("GET", "/api/v3/market/depth"): market_data.depth,
    ("GET", "/api/v3/market/klines"): market_data.candles,
    ("GET", "/api/v3/market/ticker/24hr"): market_data.day_ticker,
    ("GET", "/api/v3/market/ticker/price"): market_data.price_ticker,
    ("GET", "/api/v3/market/ticker/bookTicker"): market_data.book_ticker,
    ("GET", "/capi/v3/market/time"): market_data.server_time,
    ("GET", "/capi/v3/market/exchangeInfo"): market_data.exchange_info,
    ("GET", "/capi/v3/market/apiTradingSymbols"): market_data.trading_symbols,
    ("GET", "/capi/v3/market/depth"): market_data.depth,
    ("GET", "/capi/v3/market/klines"): market_data.candles,
    ("GET", "/capi/v3/market/ticker/24hr"): market_data.day_ticker,
    ("GET", "/capi/v3/market/ticker/bookTicker"): market_data.book_ticker,
    ("GET", "/capi/v3/market/symbolPrice"): market_data.symbol_price,
    ("GET", "/capi/v3/market/premiumIndex"): market_data.premium_index,
    ("GET", "/capi/v3/market/fundingRate"): market_data.funding_rates,
}

SPOT: Routes = {
    ("GET", "/api/v3/account/"): account.spot_account,
    ("POST", "/api/v3/order"): placing.place_spot,
    ("GET", "/api/v3/order"): reads.spot_order,
    ("DELETE", "/api/v3/order"): placing.cancel_spot,
    ("GET", "/api/v3/openOrders"): reads.spot_open,
    ("DELETE", "/api/v3/openOrders"): placing.cancel_all,
    ("GET", "/api/v3/allOrders"): reads.spot_history,
    ("GET", "/api/v3/myTrades"): reads.spot_trades,
}

CONTRACT: Routes = {
    ("GET", "/capi/v3/account/balance"): account.margin_balance,
    ("GET", "/capi/v3/account/position/allPosition"): account.positions,
    ("GET", "/capi/v3/account/position/singlePosition"): account.positions,
    ("POST", "/capi/v3/account/income"): account.income,
    ("GET", "/capi/v3/account/accountConfig"): settings.account_config,
    ("GET", "/capi/v3/account/symbolConfig"): settings.symbol_config,
    ("GET", "/capi/v3/account/commissionRate"): settings.fees,
    ("POST", "/capi/v3/account/leverage"): settings.set_leverage,
    ("POST", "/capi/v3/account/marginType"): settings.set_margin_type,
    ("POST", "/capi/v3/order"): placing.place_contract,
    ("GET", "/capi/v3/order"): reads.contract_order,
    ("DELETE", "/capi/v3/order"): placing.cancel_contract,
    ("GET", "/capi/v3/openOrders"): reads.contract_open,
    ("DELETE", "/capi/v3/allOpenOrders"): placing.cancel_all,
    ("GET", "/capi/v3/order/history"): reads.contract_history,
    ("GET", "/capi/v3/userTrades"): reads.contract_trades,
}

# all that there is of the simulated account: nothing is cancelled, and what rests is not listed
SIMULATED: Routes = {
    ("GET", "/capi/v3/sim/balance"): account.margin_balance,
    ("GET", "/capi/v3/sim/position/allPosition"): account.positions,
    ("POST", "/capi/v3/sim/order"): placing.place_contract,
    ("GET", "/capi/v3/sim/order/history"): reads.contract_history,
}

ROUTES = {**PUBLIC, **SPOT, **CONTRACT, **SIMULATED}
PATHS = {path for _, path in ROUTES}
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class WeexDialect:
    """WEEX's protocols over one venue."""

    desk: Desk

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as WEEX would, spot or perpetuals as its path says."""
        market = Market.LINEAR if call.path.startswith("/capi/") else Market.SPOT
        try:
            found = ROUTES.get((call.method, call.path))
            if found is None:
                raise _no_such(call)
            if (call.method, call.path) not in PUBLIC:
                check_signed(call, self.desk.venue.credentials)
            return json_answer(found(asked(self.desk, call)))
        except VenueError as error:
            return error_answer(error)
        except Refused as refused:
            return error_answer(venue_error(refused, refusals_of(market)))

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return an error body with `code`."""
        number = int(code)
        return error_answer(VenueError(number, message or message_of(number)))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:  # noqa: ARG002
        """Return the answer to too many requests, and to a banned client: the same, as assumed."""
        answer = error_answer(VenueError(TOO_MANY, COMMON[TOO_MANY], TOO_MANY))
        return replace(answer, headers={**answer.headers, "Retry-After": str(retry_after_s)})

    def secret_params(self) -> frozenset[str]:
        """Return no names: all that is secret is in headers."""
        return frozenset()


def _no_such(call: Call) -> VenueError:
    text = f"Request method '{call.method}' not supported"
    return VenueError(-1150, text, BAD_REQUEST if call.path in PATHS else NOT_FOUND)
