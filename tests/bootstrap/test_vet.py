"""An account is looked at once before it is traded on; real money asks for more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.bootstrap.vet import vetting
from counterpoise.core.instrument import Symbol
from counterpoise.core.mode import Mode
from counterpoise.errors import AccountChanged, SettingsError, Unavailable
from tests.sim.gateway import ONE_WAY, FakeGateway
from tests.sim.parts import ReadLog


async def vet(mode: Mode, **facts: object) -> None:
    gateway = FakeGateway(facts=replace(ONE_WAY, **facts))  # type: ignore[arg-type]
    await vetting(mode, ("7",), ReadLog().log)(gateway)


@pytest.mark.parametrize("mode", Mode)
async def test_a_one_way_account_with_a_modest_key_is_traded_on(mode: Mode) -> None:
    await vet(mode)


@pytest.mark.parametrize("mode", Mode)
async def test_hedge_mode_is_refused_where_orders_cannot_say_their_side(mode: Mode) -> None:
    with pytest.raises(SettingsError, match="hedge mode"):
        await vet(mode, hedge_mode=True)


@pytest.mark.parametrize("mode", Mode)
async def test_hedge_mode_is_honoured_where_they_can(mode: Mode) -> None:
    await vet(mode, hedge_mode=True, hedge_mode_traded=True)


@pytest.mark.parametrize("mode", Mode)
async def test_a_mode_that_is_not_told_is_waited_for(mode: Mode) -> None:
    with pytest.raises(Unavailable):
        await vet(mode, hedge_mode=None)


@pytest.mark.parametrize(
    "facts",
    [{"account_id": "8"}, {"can_withdraw": True}, {"can_trade_perpetuals": False}],
)
async def test_real_money_is_refused_on_proof_to_the_contrary(facts: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as refused:
        await vet(Mode.LIVE, **facts)
    assert refused.value.hint
    await vet(Mode.TESTNET, **facts)


@pytest.mark.parametrize("facts", [{"account_id": None}, {"can_withdraw": None}])
async def test_real_money_waits_for_what_is_not_told(facts: dict[str, object]) -> None:
    with pytest.raises(Unavailable):
        await vet(Mode.LIVE, **facts)


async def test_a_person_may_vouch_for_a_key_of_which_the_venue_says_nothing() -> None:
    look = vetting(Mode.LIVE, ("7", "8"), ReadLog().log, key_checked=True)
    await look(FakeGateway(facts=replace(ONE_WAY, can_withdraw=None)))
    with pytest.raises(SettingsError, match="may withdraw"):
        await look(FakeGateway(facts=replace(ONE_WAY, can_withdraw=True)))


async def test_an_account_that_was_not_confirmed_is_refused() -> None:
    with pytest.raises(SettingsError, match="not the account"):
        await vetting(Mode.LIVE, (), ReadLog().log)(FakeGateway())


@pytest.mark.parametrize(
    ("mode", "bound", "said"),
    [
        (Mode.LIVE, False, ["key.unbound"]),
        (Mode.LIVE, True, []),
        (Mode.LIVE, None, []),
        (Mode.TESTNET, False, []),
    ],
)
async def test_a_key_of_real_money_that_works_from_anywhere_is_warned_of(
    mode: Mode, *, bound: bool | None, said: list[str]
) -> None:
    log = ReadLog()
    gateway = FakeGateway(facts=replace(ONE_WAY, ip_restricted=bound))
    await vetting(mode, ("7",), log.log)(gateway)
    assert log.events("warning") == said


@pytest.mark.parametrize(
    "facts",
    [
        {"hedge_mode": True},
        {"multi_asset_margin": True},
        {"margin_mode": {Symbol("BTC/USDT:USDT"): "isolated"}},
    ],
)
async def test_a_mode_that_is_changed_while_trading_halts(facts: dict[str, object]) -> None:
    crossed = replace(ONE_WAY, margin_mode={Symbol("BTC/USDT:USDT"): "cross"})
    gateway = FakeGateway(facts=crossed)
    look = vetting(Mode.TESTNET, (), ReadLog().log)
    await look(gateway)
    gateway.facts = replace(crossed, **facts)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(AccountChanged, match="was changed"):
            await look(gateway)
    gateway.facts = crossed
    await look(gateway)


async def test_a_mode_that_is_not_told_any_more_is_no_change() -> None:
    gateway = FakeGateway()
    look = vetting(Mode.TESTNET, (), ReadLog().log)
    await look(gateway)
    gateway.facts = replace(ONE_WAY, multi_asset_margin=None)
    await look(gateway)


async def test_of_several_venues_each_account_is_confirmed() -> None:
    look = vetting(Mode.LIVE, ("6", "7"), ReadLog().log)
    await look(FakeGateway())
    with pytest.raises(SettingsError, match="not the account"):
        await look(FakeGateway(facts=replace(ONE_WAY, account_id="8")))
