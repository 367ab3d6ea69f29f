"""Which handler answers which path, and who may call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from counterpoise.exchange.dialects.binance import (
    coinm_account,
    futures_income,
    futures_orders,
    futures_settings,
    market_data,
    spot_account,
    spot_orders,
    usdm_account,
    wallet,
)
from counterpoise.exchange.dialects.binance.desk import Handler
from counterpoise.exchange.listing import Market


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
    ("GET", "/api/v3/klines"): _public(market_data.candles(Market.SPOT)),
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


def _futures(api: str, market: Market) -> Mapping[tuple[str, str], Route]:
    """Return what both kinds of futures answer alike, below their own beginning of a path."""
    return {
        ("GET", f"/{api}/v1/ping"): _public(market_data.ping),
        ("GET", f"/{api}/v1/time"): _public(market_data.server_time),
        ("GET", f"/{api}/v1/exchangeInfo"): _public(market_data.exchange_info(market)),
        ("GET", f"/{api}/v1/depth"): _public(market_data.depth(market)),
        ("GET", f"/{api}/v1/ticker/bookTicker"): _public(market_data.book_ticker(market)),
        ("GET", f"/{api}/v1/ticker/price"): _public(market_data.price_ticker(market)),
        ("GET", f"/{api}/v1/ticker/24hr"): _public(market_data.day_ticker(market)),
        ("GET", f"/{api}/v1/premiumIndex"): _public(market_data.premium_index(market)),
        ("GET", f"/{api}/v1/fundingRate"): _public(market_data.funding_rates(market)),
        ("POST", f"/{api}/v1/order"): Route(futures_orders.place(market)),
        ("GET", f"/{api}/v1/order"): Route(futures_orders.query(market)),
        ("DELETE", f"/{api}/v1/order"): Route(futures_orders.cancel(market)),
        ("GET", f"/{api}/v1/openOrder"): Route(futures_orders.open_order(market)),
        ("GET", f"/{api}/v1/openOrders"): Route(futures_orders.open_orders(market)),
        ("DELETE", f"/{api}/v1/allOpenOrders"): Route(futures_orders.cancel_all(market)),
        ("GET", f"/{api}/v1/allOrders"): Route(futures_orders.all_orders(market)),
        ("GET", f"/{api}/v1/forceOrders"): Route(futures_orders.forced_orders(market)),
        ("GET", f"/{api}/v1/userTrades"): Route(futures_orders.trades(market)),
        ("GET", f"/{api}/v1/leverageBracket"): Route(futures_settings.leverage_brackets(market)),
        ("GET", f"/{api}/v1/commissionRate"): Route(futures_settings.commission_rate(market)),
        ("GET", f"/{api}/v1/positionSide/dual"): Route(futures_settings.position_mode),
        ("POST", f"/{api}/v1/positionSide/dual"): Route(futures_settings.set_position_mode),
        ("POST", f"/{api}/v1/leverage"): Route(futures_settings.set_leverage(market)),
        ("POST", f"/{api}/v1/marginType"): Route(futures_settings.set_margin_type(market)),
        ("GET", f"/{api}/v1/income"): Route(futures_income.income(market)),
    }


USDM_ROUTES: Mapping[tuple[str, str], Route] = {
    **_futures("fapi", Market.LINEAR),
    ("GET", "/fapi/v2/ticker/price"): _public(market_data.price_ticker(Market.LINEAR)),
    ("POST", "/fapi/v1/order/test"): Route(futures_orders.rehearse(Market.LINEAR)),
    ("GET", "/fapi/v3/account"): Route(usdm_account.account),
    ("GET", "/fapi/v2/account"): Route(usdm_account.account_v2),
    ("GET", "/fapi/v3/balance"): Route(usdm_account.balances),
    ("GET", "/fapi/v2/balance"): Route(usdm_account.balances),
    ("GET", "/fapi/v3/positionRisk"): Route(usdm_account.position_risk),
    ("GET", "/fapi/v2/positionRisk"): Route(usdm_account.position_risk_v2),
    ("GET", "/fapi/v1/symbolConfig"): Route(futures_settings.symbol_config),
    ("GET", "/fapi/v1/accountConfig"): Route(futures_settings.account_config),
    ("GET", "/fapi/v1/multiAssetsMargin"): Route(futures_settings.multi_assets),
}

COINM_ROUTES: Mapping[tuple[str, str], Route] = {
    **_futures("dapi", Market.INVERSE),
    ("GET", "/dapi/v1/account"): Route(coinm_account.account),
    ("GET", "/dapi/v1/balance"): Route(coinm_account.balances),
    ("GET", "/dapi/v1/positionRisk"): Route(coinm_account.position_risk),
    ("GET", "/dapi/v2/leverageBracket"): Route(futures_settings.leverage_brackets(Market.INVERSE)),
}

WALLET_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/sapi/v1/account/info"): Route(wallet.account_info),
    ("GET", "/sapi/v1/account/apiRestrictions"): Route(wallet.api_restrictions),
    ("GET", "/sapi/v1/account/status"): Route(wallet.account_status),
    ("GET", "/sapi/v1/capital/config/getall"): Route(wallet.coins),
    ("POST", "/sapi/v1/asset/get-funding-asset"): Route(wallet.funding_assets),
    ("GET", "/sapi/v1/margin/allPairs"): Route(wallet.nothing_listed),
    ("GET", "/sapi/v1/margin/isolated/allPairs"): Route(wallet.nothing_listed),
}

ROUTES = {**SPOT_ROUTES, **USDM_ROUTES, **COINM_ROUTES, **WALLET_ROUTES}
