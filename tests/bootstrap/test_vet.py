"""An account is looked at once before it is traded on; real money asks for more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.bootstrap.vet import vetting
from counterpoise.core.mode import Mode
from counterpoise.errors import SettingsError, Unavailable
from tests.sim.gateway import ONE_WAY, FakeGateway


async def vet(mode: Mode, **facts: object) -> None:
    gateway = FakeGateway(facts=replace(ONE_WAY, **facts))  # type: ignore[arg-type]
    await vetting(mode, "7")(gateway)


@pytest.mark.parametrize("mode", Mode)
async def test_a_one_way_account_with_a_modest_key_is_traded_on(mode: Mode) -> None:
    await vet(mode)


@pytest.mark.parametrize("mode", Mode)
async def test_hedge_mode_is_refused_and_never_switched(mode: Mode) -> None:
    with pytest.raises(SettingsError, match="hedge mode"):
        await vet(mode, hedge_mode=True)


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


async def test_an_account_that_was_not_confirmed_is_refused() -> None:
    with pytest.raises(SettingsError, match="not the account"):
        await vetting(Mode.LIVE, "")(FakeGateway())
