"""What Bybit says of account and key, and which accounts are not traded on."""

from __future__ import annotations

import pytest

from counterpoise.errors import SettingsError, SnapshotError, Unauthorized
from counterpoise.venues import bybit_requests as requests
from counterpoise.venues.bybit import PROFILE
from counterpoise.venues.outcomes import NotServed
from tests.venues.bybit.rows import BTC, COIN, ETH, Row, Script, enveloped, page, position

INFO, KEY, POSITIONS = "/v5/account/info", "/v5/user/query-api", "/v5/position/list"


def info(**changed: object) -> Row:
    facts: Row = {"marginMode": "REGULAR_MARGIN", "unifiedMarginStatus": 6}
    return enveloped({**facts, **changed})


def key(**changed: object) -> Row:
    facts: Row = {
        "userID": 24617703,
        "readOnly": 0,
        "ips": ["192.0.2.7"],
        "permissions": {
            "ContractTrade": ["Order", "Position"],
            "Derivatives": ["DerivativesTrade"],
            "Wallet": [],
        },
    }
    return enveloped({**facts, **changed})


def account(**changed: object) -> Script:
    one_way = [position(size="0"), position("ETHUSDT", "0")]
    facts: dict[str, list[object]] = {
        INFO: [info()],
        KEY: [key()],
        POSITIONS: [page([row]) for row in one_way],
    }
    return Script({**facts, **changed})  # type: ignore[dict-item]


async def test_account_and_key_say_what_they_are_and_may() -> None:
    facts = await requests.account(account(), (BTC, ETH))
    assert facts.account_id == "24617703"
    assert (facts.can_trade_perpetuals, facts.can_withdraw, facts.ip_restricted) == (
        True,
        False,
        True,
    )
    assert (facts.hedge_mode, facts.multi_asset_margin) == (False, True)
    assert facts.leverage == {"BTC/USDT:USDT": 10, "ETH/USDT:USDT": 10}
    assert set(facts.margin_mode.values()) == {"cross"}


@pytest.mark.parametrize(
    ("changed", "name", "found"),
    [
        ({"readOnly": 1}, "can_trade_perpetuals", False),
        (
            {"permissions": {"ContractTrade": [], "Derivatives": [], "Wallet": []}},
            "can_trade_perpetuals",
            False,
        ),
        (
            {"permissions": {"ContractTrade": [], "Derivatives": [], "Wallet": ["Withdraw"]}},
            "can_withdraw",
            True,
        ),
        (
            {
                "permissions": {
                    "ContractTrade": [],
                    "Derivatives": [],
                    "Wallet": ["AccountTransfer"],
                }
            },
            "can_withdraw",
            False,
        ),
        ({"ips": ["*"]}, "ip_restricted", False),
        ({"ips": []}, "ip_restricted", False),
    ],
)
async def test_rights_are_read_from_the_key(changed: Row, name: str, found: bool) -> None:
    facts = await requests.account(account(**{KEY: [key(**changed)]}), (BTC, ETH))
    assert getattr(facts, name) is found


@pytest.mark.parametrize(
    "refused",
    [NotServed("bybit answered code 10032"), Unauthorized("bybit answered code 10005")],
)
async def test_where_the_key_is_not_shown_its_rights_are_not_known(refused: Exception) -> None:
    """Demo trading does not answer the question, nor, once, did keys without a transfer right."""
    script = account(**{KEY: [refused]})
    facts = await requests.account(script, (BTC, ETH))
    assert (facts.account_id, facts.can_withdraw, facts.ip_restricted) == (None, None, None)
    assert facts.can_trade_perpetuals is None
    assert facts.hedge_mode is False


async def test_a_key_that_is_refused_everything_is_no_account() -> None:
    script = account(**{INFO: [Unauthorized("bybit answered code 10003")]})
    with pytest.raises(Unauthorized):
        await requests.account(script, (BTC, ETH))


async def test_rights_that_are_not_stated_are_not_taken_for_none() -> None:
    with pytest.raises(SnapshotError, match="permissions"):
        await requests.account(account(**{KEY: [key(permissions={})]}), (BTC, ETH))


async def test_two_rows_of_a_flat_position_are_hedge_mode() -> None:
    rows = [position(size="0", positionIdx=1), position(size="0", positionIdx=2)]
    script = account(**{POSITIONS: [page(rows)]})
    assert (await requests.account(script, (BTC,))).hedge_mode is True


async def test_where_no_position_is_shown_the_mode_is_not_known() -> None:
    facts = await requests.account(account(**{POSITIONS: [page([])]}), (BTC,))
    assert facts.hedge_mode is None


async def test_perpetuals_in_two_modes_are_not_traded() -> None:
    hedged = [position("ETHUSDT", "0", positionIdx=1), position("ETHUSDT", "0", positionIdx=2)]
    script = account(**{POSITIONS: [page([position(size="0")]), page(hedged)]})
    with pytest.raises(SettingsError, match="some in one-way"):
        await requests.account(script, (BTC, ETH))


async def test_inverse_alone_is_one_way() -> None:
    script = account(**{POSITIONS: [page([position("BTCUSD", "0")], category="inverse")]})
    assert (await requests.account(script, (COIN,))).hedge_mode is False


@pytest.mark.parametrize("status", [1, 2, 7])
async def test_an_account_that_is_not_unified_is_not_traded_on(status: int) -> None:
    script = account(**{INFO: [info(unifiedMarginStatus=status)]})
    with pytest.raises(SettingsError, match="no unified trading account"):
        await requests.account(script, (BTC,))


@pytest.mark.parametrize("status", [3, 4])
async def test_an_older_unified_account_holds_no_inverse(status: int) -> None:
    """Its coin-margined positions are in another wallet: their margin would be read as held."""
    said = {INFO: [info(unifiedMarginStatus=status)]}
    assert (await requests.account(account(**said), (BTC, ETH))).hedge_mode is False
    with pytest.raises(SettingsError, match="inverse"):
        await requests.account(account(**said), (BTC, COIN))


async def test_isolated_margin_is_not_traded_in() -> None:
    script = account(**{INFO: [info(marginMode="ISOLATED_MARGIN")]})
    with pytest.raises(SettingsError, match="isolated"):
        await requests.account(script, (BTC,))


async def test_nothing_is_asked_that_moves_or_sets_anything() -> None:
    assert {call.method for call in PROFILE.reads} == {"GET"}
    assert [call.path for call in PROFILE.writes] == ["/v5/order/create"]
