"""Which handler answers which path, and who may call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from counterpoise.exchange.dialects.binance import (
    market_data,
    signing,
    spot_account,
    spot_orders,
    usdm_account,
    usdm_income,
    usdm_orders,
    usdm_settings,
    wallet,
)
from counterpoise.exchange.dialects.binance.desk import Desk, Handler
from counterpoise.exchange.dialects.binance.errors import (
    FUTURES,
    SPOT,
    WireError,
    error_answer,
    message_of,
    wire_error,
)
from counterpoise.exchange.dialects.binance.weights import Usage
from counterpoise.exchange.dialects.binance.wire import ok
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.listing import Market
from counterpoise.exchange.orders import Refused
from counterpoise.ports import HttpResponse


class Access(StrEnum):
    """What a call must prove."""

    PUBLIC = "public"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and who may call it."""

    handler: Handler
    access: Access = Access.SIGNED


def _public(handler: Handler) -> Route:
    return Route(handler, Access.PUBLIC)


SPOT_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/api/v3/ping"): _public(market_data.ping),
    ("GET", "/api/v3/time"): _public(market_data.server_time),
    ("GET", "/api/v3/exchangeInfo"): _public(market_data.exchange_info(Market.SPOT)),
    ("GET", "/api/v3/depth"): _public(market_data.depth(Market.SPOT)),
    ("GET", "/api/v3/ticker/bookTicker"): _public(market_data.book_ticker(Market.SPOT)),
    ("GET", "/api/v3/ticker/price"): _public(market_data.price_ticker(Market.SPOT)),
    ("GET", "/api/v3/ticker/24hr"): _public(market_data.day_ticker(Market.SPOT)),
    ("GET", "/api/v3/account"): Route(spot_account.account),
    ("POST", "/api/v3/order"): Route(spot_orders.place),
    ("POST", "/api/v3/order/test"): Route(spot_orders.rehearse),
    ("GET", "/api/v3/order"): Route(spot_orders.query),
    ("DELETE", "/api/v3/order"): Route(spot_orders.cancel),
    ("GET", "/api/v3/openOrders"): Route(spot_orders.open_orders),
    ("DELETE", "/api/v3/openOrders"): Route(spot_orders.cancel_all),
    ("GET", "/api/v3/allOrders"): Route(spot_orders.all_orders),
    ("GET", "/api/v3/myTrades"): Route(spot_orders.trades),
}

USDM_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/fapi/v1/ping"): _public(market_data.ping),
    ("GET", "/fapi/v1/time"): _public(market_data.server_time),
    ("GET", "/fapi/v1/exchangeInfo"): _public(market_data.exchange_info(Market.LINEAR)),
    ("GET", "/fapi/v1/depth"): _public(market_data.depth(Market.LINEAR)),
    ("GET", "/fapi/v1/ticker/bookTicker"): _public(market_data.book_ticker(Market.LINEAR)),
    ("GET", "/fapi/v1/ticker/price"): _public(market_data.price_ticker(Market.LINEAR)),
    ("GET", "/fapi/v2/ticker/price"): _public(market_data.price_ticker(Market.LINEAR)),
    ("GET", "/fapi/v1/ticker/24hr"): _public(market_data.day_ticker(Market.LINEAR)),
    ("GET", "/fapi/v1/premiumIndex"): _public(market_data.premium_index),
    ("GET", "/fapi/v1/fundingRate"): _public(market_data.funding_rates),
    ("POST", "/fapi/v1/order"): Route(usdm_orders.place),
    ("POST", "/fapi/v1/order/test"): Route(usdm_orders.rehearse),
    ("GET", "/fapi/v1/order"): Route(usdm_orders.query),
    ("DELETE", "/fapi/v1/order"): Route(usdm_orders.cancel),
    ("GET", "/fapi/v1/openOrder"): Route(usdm_orders.open_order),
    ("GET", "/fapi/v1/openOrders"): Route(usdm_orders.open_orders),
    ("DELETE", "/fapi/v1/allOpenOrders"): Route(usdm_orders.cancel_all),
    ("GET", "/fapi/v1/allOrders"): Route(usdm_orders.all_orders),
    ("GET", "/fapi/v1/forceOrders"): Route(usdm_orders.forced_orders),
    ("GET", "/fapi/v1/userTrades"): Route(usdm_orders.trades),
    ("GET", "/fapi/v3/account"): Route(usdm_account.account),
    ("GET", "/fapi/v2/account"): Route(usdm_account.account_v2),
    ("GET", "/fapi/v3/balance"): Route(usdm_account.balances),
    ("GET", "/fapi/v2/balance"): Route(usdm_account.balances),
    ("GET", "/fapi/v3/positionRisk"): Route(usdm_account.position_risk),
    ("GET", "/fapi/v2/positionRisk"): Route(usdm_account.position_risk_v2),
    ("GET", "/fapi/v1/leverageBracket"): Route(usdm_settings.leverage_brackets),
    ("GET", "/fapi/v1/symbolConfig"): Route(usdm_settings.symbol_config),
    ("GET", "/fapi/v1/accountConfig"): Route(usdm_settings.account_config),
    ("GET", "/fapi/v1/commissionRate"): Route(usdm_settings.commission_rate),
    ("GET", "/fapi/v1/positionSide/dual"): Route(usdm_settings.position_mode),
    ("POST", "/fapi/v1/positionSide/dual"): Route(usdm_settings.set_position_mode),
    ("GET", "/fapi/v1/multiAssetsMargin"): Route(usdm_settings.multi_assets),
    ("POST", "/fapi/v1/leverage"): Route(usdm_settings.set_leverage),
    ("POST", "/fapi/v1/marginType"): Route(usdm_settings.set_margin_type),
    ("GET", "/fapi/v1/income"): Route(usdm_income.income),
}

OTHER_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/dapi/v1/exchangeInfo"): _public(market_data.exchange_info(Market.INVERSE)),
    ("GET", "/dapi/v1/time"): _public(market_data.server_time),
    ("GET", "/sapi/v1/account/apiRestrictions"): Route(wallet.api_restrictions),
    ("GET", "/sapi/v1/account/status"): Route(wallet.account_status),
    ("GET", "/sapi/v1/capital/config/getall"): Route(wallet.coins),
    ("POST", "/sapi/v1/asset/get-funding-asset"): Route(wallet.funding_assets),
    ("GET", "/sapi/v1/margin/allPairs"): Route(wallet.nothing_listed),
    ("GET", "/sapi/v1/margin/isolated/allPairs"): Route(wallet.nothing_listed),
}

ROUTES = {**SPOT_ROUTES, **USDM_ROUTES, **OTHER_ROUTES}
JSON_ERROR_PREFIXES = ("/fapi/", "/dapi/", "/papi/", "/eapi/")
NOT_FOUND_PAGE = b"<html><body><h2>404 Not found</h2></body></html>"


@dataclass(frozen=True, slots=True)
class BinanceDialect:
    """Binance's protocol over one venue."""

    desk: Desk
    usage: Usage = field(default_factory=Usage)

    def answer(self, call: Call) -> HttpResponse:
        """Carry out a call and answer as Binance would."""
        answer = self._answer(call)
        return replace(answer, headers={**answer.headers, **self.usage.headers(call)})

    def _answer(self, call: Call) -> HttpResponse:
        route = ROUTES.get((call.method, call.path))
        if route is None:
            return _no_such_path(call)
        try:
            if route.access is Access.SIGNED:
                signing.check_signed(call, self.desk.venue.credentials)
            return ok(route.handler(self.desk, call))
        except WireError as error:
            return error_answer(error)
        except Refused as refused:
            answers = SPOT if call.path.startswith("/api/") else FUTURES
            return error_answer(wire_error(refused, answers))

    def rejection(self, code: str, message: str) -> HttpResponse:
        """Return an error body with `code`."""
        number = int(code)
        return error_answer(WireError(number, message or message_of(number)))

    def limited(self, status: int, retry_after_s: int) -> HttpResponse:
        """Return the answer to too many requests, or to a banned address."""
        error = WireError(-1003, message_of(-1003), status)
        answer = error_answer(error)
        headers = {**answer.headers, "Retry-After": str(retry_after_s)}
        return HttpResponse(status=status, headers=headers, body=answer.body)

    def secret_params(self) -> frozenset[str]:
        """Return the names of parameters that no log may show."""
        return frozenset({"signature"})


def _no_such_path(call: Call) -> HttpResponse:
    """Answer for a path that is not there: futures in JSON, the rest with a page."""
    if call.path.startswith(JSON_ERROR_PREFIXES):
        message = f"Path {call.path}, Method {call.method} is invalid"
        return error_answer(WireError(-5000, message, 404))
    headers = {"Content-Type": "text/html"}
    return HttpResponse(status=404, headers=headers, body=NOT_FOUND_PAGE, reason="Not Found")
