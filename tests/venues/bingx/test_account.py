"""What BingX says of the account, and what stays unknown where it does not say."""

from __future__ import annotations

import pytest

from counterpoise.errors import Unauthorized
from tests.venues.bingx.conftest import Tapped
from tests.venues.contract.stands import INVERSE, LINEAR, Desk

RIGHTS = "/openApi/v1/account/apiRestrictions"
PERMISSIONS = "/openApi/v1/account/apiPermissions"
MODE = "/openApi/swap/v1/positionSide/dual"
REFUSED = {"code": 100400, "msg": "this api is not exist"}


async def test_everything_that_can_be_asked_is(desk: Desk) -> None:
    found = await desk.gateway.account()
    assert found.account_id
    assert (found.can_trade_perpetuals, found.can_withdraw) == (True, False)
    assert found.hedge_mode is False
    assert set(found.leverage) == set(found.margin_mode) == {LINEAR, INVERSE}
    assert set(found.margin_mode.values()) == {"cross"}
    assert all(one > 0 for one in found.leverage.values())


async def test_what_the_local_exchange_cannot_say_is_unknown(desk: Desk) -> None:
    assert (await desk.gateway.account()).multi_asset_margin is None


@pytest.mark.parametrize(
    ("said", "is_multi"),
    [("singleAssetMode", False), ("multiAssetsMode", True), ("else", None), (None, None)],
)
async def test_the_asset_mode_is_read(
    desk: Desk, wire: Tapped, said: object, is_multi: bool | None
) -> None:
    wire.lies["GET", "/openApi/swap/v1/trade/assetMode"] = {"code": 0, "data": {"assetMode": said}}
    assert (await desk.gateway.account()).multi_asset_margin is is_multi


async def test_hedge_mode_is_read(hedged: Desk) -> None:
    assert (await hedged.gateway.account()).hedge_mode is True


async def test_a_key_that_may_withdraw_says_so(desk: Desk) -> None:
    desk.control.post("account", can_withdraw=True)
    assert (await desk.gateway.account()).can_withdraw is True


@pytest.mark.parametrize("enveloped", [True, False])
@pytest.mark.parametrize(
    ("numbers", "rights"), [([1, 2, 3], (True, False)), ([2, 5], (False, True))]
)
async def test_rights_are_known_by_number_where_not_by_name(
    desk: Desk, wire: Tapped, numbers: list[int], rights: tuple[bool, bool], enveloped: bool
) -> None:
    answer = {"apiKey": "x", "permissions": numbers, "ipAddresses": ["192.0.2.1"]}
    wire.lies["GET", RIGHTS] = REFUSED
    wire.lies["GET", PERMISSIONS] = {"code": 0, "data": answer} if enveloped else answer
    found = await desk.gateway.account()
    assert (found.can_trade_perpetuals, found.can_withdraw) == rights
    assert found.ip_restricted is True


async def test_an_account_that_does_not_say_its_rights_leaves_them_unknown(
    desk: Desk, wire: Tapped
) -> None:
    wire.lies |= {("GET", RIGHTS): REFUSED, ("GET", PERMISSIONS): REFUSED}
    found = await desk.gateway.account()
    assert (found.can_trade_perpetuals, found.can_withdraw, found.ip_restricted) == (None,) * 3
    assert found.hedge_mode is False


async def test_refused_credentials_are_no_unknown(desk: Desk, wire: Tapped) -> None:
    wire.lies["GET", MODE] = {"code": 100413, "msg": "Incorrect apiKey"}
    with pytest.raises(Unauthorized):
        await desk.gateway.account()


async def test_a_position_mode_that_is_not_said_is_unknown(desk: Desk, wire: Tapped) -> None:
    wire.lies["GET", MODE] = {"code": 109500, "msg": "The current system is busy"}
    assert (await desk.gateway.account()).hedge_mode is None
