"""What Binance is asked, by path: the same questions of both kinds of futures, and a few others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterpoise.core.instrument import Kind
from counterpoise.venues.dialect import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The calls of one kind of futures."""

    listing: Call
    time: Call
    account: Call
    positions: Call
    marks: Call
    books: Call
    place: Call
    find: Call
    open_orders: Call
    orders: Call
    fills: Call
    forced: Call
    position_mode: Call

    @property
    def reads(self) -> tuple[Call, ...]:
        """Return everything but the order."""
        return (
            self.listing,
            self.time,
            self.account,
            self.positions,
            self.marks,
            self.books,
            self.find,
            self.open_orders,
            self.orders,
            self.fills,
            self.forced,
            self.position_mode,
        )


def _api(name: str, version: str = "") -> Api:
    """Return the calls below `/fapi` or `/dapi`; account and positions may be of later version."""
    private, later = f"{name}Private", f"{name}Private{version.upper()}"
    base, newest = f"/{name}/v1", f"/{name}/{version or 'v1'}"

    def public(method: str, path: str) -> Call:
        return Call(name=f"{name}Public{method}", method="GET", path=f"{base}{path}")

    def asked(method: str, path: str) -> Call:
        return Call(name=f"{private}{method}", method="GET", path=f"{base}{path}")

    return Api(
        listing=public("GetExchangeInfo", "/exchangeInfo"),
        time=public("GetTime", "/time"),
        account=Call(name=f"{later}GetAccount", method="GET", path=f"{newest}/account"),
        positions=Call(name=f"{later}GetPositionRisk", method="GET", path=f"{newest}/positionRisk"),
        marks=public("GetPremiumIndex", "/premiumIndex"),
        books=public("GetTickerBookTicker", "/ticker/bookTicker"),
        place=Call(name=f"{private}PostOrder", method="POST", path=f"{base}/order"),
        find=asked("GetOrder", "/order"),
        open_orders=asked("GetOpenOrders", "/openOrders"),
        orders=asked("GetAllOrders", "/allOrders"),
        fills=asked("GetUserTrades", "/userTrades"),
        forced=asked("GetForceOrders", "/forceOrders"),
        position_mode=asked("GetPositionSideDual", "/positionSide/dual"),
    )


USDM = _api("fapi", "v3")
COINM = _api("dapi")
APIS: Mapping[Kind, Api] = {Kind.LINEAR: USDM, Kind.INVERSE: COINM}

SPOT_TIME = Call(name="publicGetTime", method="GET", path="/api/v3/time")
SPOT_ACCOUNT = Call(name="privateGetAccount", method="GET", path="/api/v3/account")
COLLATERAL_MODE = Call(
    name="fapiPrivateGetMultiAssetsMargin", method="GET", path="/fapi/v1/multiAssetsMargin"
)
ACCOUNT_SETTINGS = Call(
    name="fapiPrivateGetAccountConfig", method="GET", path="/fapi/v1/accountConfig"
)
SYMBOL_SETTINGS = Call(
    name="fapiPrivateGetSymbolConfig", method="GET", path="/fapi/v1/symbolConfig"
)
POSITIONS_V2 = Call(name="fapiPrivateV2GetPositionRisk", method="GET", path="/fapi/v2/positionRisk")
KEY_RIGHTS = Call(
    name="sapiGetAccountApiRestrictions", method="GET", path="/sapi/v1/account/apiRestrictions"
)
ACCOUNT_KIND = Call(name="sapiGetAccountInfo", method="GET", path="/sapi/v1/account/info")
PROBES = (
    SPOT_ACCOUNT,
    COLLATERAL_MODE,
    ACCOUNT_SETTINGS,
    SYMBOL_SETTINGS,
    POSITIONS_V2,
    KEY_RIGHTS,
    ACCOUNT_KIND,
)
