"""What WEEX says of the account, and what it does not."""

from __future__ import annotations

import pytest

from counterpoise.errors import SettingsError, Unavailable, Unsent
from tests.venues.contract.stands import LINEAR, D, Desk
from tests.venues.weex.conftest import CONFIG, SYMBOL_CONFIG, Tapped

SETTINGS = {
    "symbol": "BTCUSDT",
    "marginType": "CROSSED",
    "separatedType": "COMBINED",
    "crossLeverage": "20.00",
    "isolatedLongLeverage": "30.00",
    "isolatedShortLeverage": "30.00",
}


async def test_the_account_says_who_it_is_and_how_it_is_set(desk: Desk) -> None:
    facts = await desk.gateway.account()
    assert facts.account_id == str(desk.exchange.venue.account_id)
    assert (facts.can_trade_perpetuals, facts.hedge_mode) == (True, False)
    assert facts.leverage == {LINEAR: D(20)}
    assert facts.margin_mode == {LINEAR: "cross"}


async def test_the_rights_of_the_key_are_not_told(desk: Desk) -> None:
    """`canWithdraw` is the account's own: it is true of every one."""
    desk.control.post("account", can_withdraw=True)
    facts = await desk.gateway.account()
    assert (facts.can_withdraw, facts.ip_restricted) == (None, None)


async def test_the_position_mode_is_not_what_ccxt_calls_so(hedged: Desk, wire: Tapped) -> None:
    """ccxt reads `separatedType`, which stays the same."""
    facts = await hedged.gateway.account()
    assert (facts.hedge_mode, facts.hedge_mode_traded) == (True, True)
    assert [one["symbol"] for one in wire.sent("GET", SYMBOL_CONFIG)] == ["BTCUSDT"]


@pytest.mark.parametrize("lie", [{}, [], {"canTrade": True}, "<html>", {"success": False}], ids=str)
async def test_without_a_position_mode_nothing_is_sent(
    desk: Desk, wire: Tapped, lie: object
) -> None:
    wire.lies["GET", CONFIG] = lie
    assert (await desk.gateway.account()).hedge_mode is None
    with pytest.raises(Unsent, match="two sides"):
        await desk.gateway.place(await desk.intent(D("0.02")))


@pytest.mark.parametrize(
    "changed", [{"marginType": "ISOLATED"}, {"separatedType": "SEPARATED"}], ids=str
)
async def test_a_perpetual_whose_positions_could_not_be_closed_is_refused(
    desk: Desk, wire: Tapped, changed: dict[str, str]
) -> None:
    wire.lies["GET", SYMBOL_CONFIG] = [SETTINGS | changed]
    with pytest.raises(SettingsError, match="not traded in here") as refused:
        await desk.gateway.account()
    assert "combined" in refused.value.hint


@pytest.mark.parametrize(
    "lie",
    [[], {}, [SETTINGS, SETTINGS], [SETTINGS | {"symbol": "ETHUSDT"}], [{"symbol": "BTCUSDT"}]],
    ids=str,
)
async def test_settings_that_are_not_told_are_none(desk: Desk, wire: Tapped, lie: object) -> None:
    wire.lies["GET", SYMBOL_CONFIG] = lie
    facts = await desk.gateway.account()
    assert (facts.leverage, facts.margin_mode) == ({}, {})
    assert facts.hedge_mode is False


async def test_a_spot_account_that_may_not_be_read_leaves_the_rest(
    desk: Desk, wire: Tapped
) -> None:
    wire.lies["GET", "/api/v3/account/"] = {"code": -1052, "msg": "Insufficient permissions"}
    facts = await desk.gateway.account()
    assert (facts.account_id, facts.hedge_mode) == (None, False)
    with pytest.raises(Unavailable):
        await desk.gateway.balances()
