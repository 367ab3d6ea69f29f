"""The account and the wallet that signs for it: they belong together, or nothing starts."""

from __future__ import annotations

from typing import Any

import pytest

from counterpoise.errors import SettingsError, SnapshotError, Unauthorized
from counterpoise.exchange.dialects.hyperliquid.curve import address_of
from counterpoise.exchange.local import LocalExchangeConfig
from counterpoise.venues.hyperliquid import PROFILE
from tests.venues.contract.stands import D
from tests.venues.hyperliquid.conftest import HYPERLIQUID, Venue, venue_of

CONFIG = LocalExchangeConfig(venue="hyperliquid")
AGENT = address_of(CONFIG.api_secret)
STRANGER = "0x" + "ab" * 20


async def test_the_account_is_its_address_and_its_agent_cannot_withdraw(venue: Venue) -> None:
    facts = await venue.gateway.account()
    assert facts.account_id == CONFIG.api_key
    assert (facts.can_trade_perpetuals, facts.can_withdraw) == (True, False)
    assert (facts.hedge_mode, facts.multi_asset_margin, facts.ip_restricted) == (False, False, None)
    assert facts.leverage == {venue.desk.stand.linear: D(20)}
    assert facts.margin_mode == {venue.desk.stand.linear: "cross"}


async def refused(wallet_address: str) -> SettingsError:
    made = venue_of(HYPERLIQUID.config(endpoint="", wallet_address=wallet_address))
    await made.gateway.open()
    with pytest.raises(SettingsError) as raised:
        await made.gateway.account()
    await made.gateway.close()
    return raised.value


@pytest.mark.parametrize("address", [AGENT, STRANGER])
async def test_an_agents_address_or_a_strangers_is_no_account_that_holds_nothing(
    address: str,
) -> None:
    error = await refused(address)
    assert "no account" in str(error)
    assert "API wallet" in error.hint


async def test_an_address_in_capitals_is_the_same_address() -> None:
    upper = "0x" + CONFIG.api_key[2:].upper()
    made = venue_of(HYPERLIQUID.config(endpoint="", wallet_address=upper))
    await made.gateway.open()
    assert (await made.gateway.account()).account_id == CONFIG.api_key
    asked = {body["user"] for body in made.wire.of("/info") if "user" in body}
    assert asked == {CONFIG.api_key, AGENT}  # the venue knows no other spelling for certain
    await made.gateway.close()


def roles(**by_address: object) -> Any:  # noqa: ANN401 - as the wire wants it
    """Return what changes the role of the agent, the question that is asked last."""
    asked = iter([{"role": "user"}, by_address])
    return lambda _told: next(asked)


@pytest.mark.parametrize(
    "role",
    [{"role": "agent", "data": {"user": STRANGER}}, {"role": "user"}],
)
async def test_a_key_of_another_account_is_refused_as_orders_would_go_there(role: Any) -> None:  # noqa: ANN401
    made = venue_of()
    await made.gateway.open()
    made.wire.answers["userRole"] = roles(**role)
    with pytest.raises(SettingsError, match="signs for another account"):
        await made.gateway.account()
    await made.gateway.close()


async def test_the_key_of_the_account_itself_can_withdraw() -> None:
    """As whoever pastes the account's own private key has it."""
    made = venue_of(HYPERLIQUID.config(endpoint="", wallet_address=AGENT), api_key=AGENT)
    await made.gateway.open()
    facts = await made.gateway.account()
    assert (facts.can_trade_perpetuals, facts.can_withdraw) == (True, True)
    await made.gateway.close()


async def test_an_agent_that_is_not_approved_may_not_trade(venue: Venue) -> None:
    venue.desk.control.post("account", can_trade=False)
    facts = await venue.gateway.account()
    assert (facts.can_trade_perpetuals, facts.can_withdraw) == (False, False)
    with pytest.raises(Unauthorized) as raised:
        await venue.gateway.place(await venue.desk.intent(D("0.02")))
    assert "authorise" in raised.value.hint


@pytest.mark.parametrize("mode", ["unifiedAccount", "portfolioMargin", "dexAbstraction"])
async def test_an_account_of_one_wallet_is_refused_with_the_click_path(mode: str) -> None:
    made = venue_of()
    await made.gateway.open()
    made.wire.answers["userAbstraction"] = lambda _told: mode
    with pytest.raises(SettingsError, match=mode) as raised:
        await made.gateway.account()
    assert "Standard" in raised.value.hint
    await made.gateway.close()


@pytest.mark.parametrize("mode", ["disabled", "default"])
async def test_an_account_of_two_wallets_is_taken(mode: str) -> None:
    made = venue_of()
    await made.gateway.open()
    made.wire.answers["userAbstraction"] = lambda _told: mode
    assert (await made.gateway.account()).multi_asset_margin is False
    await made.gateway.close()


@pytest.mark.parametrize("told", ["somethingNew", "", {}, [], None])
async def test_a_mode_that_nobody_knows_is_not_taken_for_the_usual(told: object) -> None:
    made = venue_of()
    await made.gateway.open()
    made.wire.answers["userAbstraction"] = lambda _told: told
    with pytest.raises(SnapshotError):
        await made.gateway.account()
    await made.gateway.close()


def test_every_line_of_doctor_has_its_click_path() -> None:
    assert "API wallet" in PROFILE.remedies["may trade perpetuals"]
    assert "never that of the account" in PROFILE.remedies["may withdraw"]
