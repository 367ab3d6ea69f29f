"""Spot on two venues and in cold storage, perpetuals on two others: one portfolio, one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import localcontext
from pathlib import Path

import asyncio_throttle.throttler
import pytest

from counterpoise.core.units import CONTEXT
from counterpoise.exchange.local import LocalExchangeConfig
from tests.scenarios.several import D, Several
from tests.sim.virtual import loop_time

# 0.7 + 0.25 BTC on the two, 0.25 in cold storage; 10 + 6 ETH: 60,000 and 40,000 of 100,000
HELD = {"vault": {"BTC": "0.7", "ETH": "10"}, "desk": {"BTC": "0.25", "ETH": "6"}}
PROTOCOL_OF = {"vault": "binance", "desk": "mexc", "north": "bybit", "south": "bingx"}
SETTINGS = """
mode = "testnet"
[portfolio]
exposure = {exposure}
[assets.BTC]
weight = 0.6
perpetual = "north:BTC/USDT:USDT"
wallets = ["vault:spot", "desk:spot"]
external = 0.25
external_as_of = 2024-11-14
external_valid_for = "90d"
[assets.ETH]
weight = 0.4
perpetual = "south:ETH/USDT:USDT"
wallets = {eth}
[trigger]
drift = 0.03
cooldown = "60s"
[venues.vault]
exchange = "binance"
wallets = ["spot"]
[venues.desk]
exchange = "mexc"
wallets = ["spot"]
[venues.north]
exchange = "bybit"
wallets = ["unified"]
[venues.south]
exchange = "bingx"
wallets = ["linear"]
"""
EVERYWHERE, IN_THE_VAULT = '["vault:spot", "desk:spot"]', '["vault:spot"]'
Make = Callable[..., Several]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(asyncio_throttle.throttler, "time", loop_time())
    made: list[Several] = []

    def several(exposure: int = 1, eth: str = EVERYWHERE) -> Several:
        exchanges = {
            name: LocalExchangeConfig(
                venue=protocol,
                speed=D(0),
                balances={
                    **{asset: D(held) for asset, held in HELD.get(name, {}).items()},
                    "USDT": D(100_000),
                },
                futures_wallet={"USDT": D(200_000)},
            )
            for name, protocol in PROTOCOL_OF.items()
        }
        made.append(Several(tmp_path, SETTINGS.format(exposure=exposure, eth=eth), exchanges))
        made[-1].price("BTC", D(50_000))
        made[-1].price("ETH", D(2_500))
        return made[-1]

    with localcontext(CONTEXT.copy()):
        yield several
        for one in made:
            one.close()


def test_it_rebalances_in_one_run(make: Make) -> None:
    world = make().start().cycles(3)
    assert world.states() == {"BTC": "in_band", "ETH": "in_band"}
    world.price("BTC", D(60_000))
    world.cycles(6)
    assert world.position("north", "BTC") == D("-0.08")
    assert world.position("south", "ETH") == D("1.92")
    assert {name: world.orders(name) for name in PROTOCOL_OF} == {
        "vault": 0,
        "desk": 0,
        "north": 1,
        "south": 1,
    }
    assert world.status()["healthy"] is True
    venues = world.status()["venues"]
    assert isinstance(venues, list)
    assert {venue["venue"]: venue["ok"] for venue in venues} == dict.fromkeys(PROTOCOL_OF, True)
    btc = next(a for a in world.status()["assets"] if a["asset"] == "BTC")  # type: ignore[attr-defined]
    assert (btc["spot"], btc["perpetual"]) == ("1.2", "-0.08")


@pytest.mark.parametrize("venue", PROTOCOL_OF)
def test_with_weights_at_stake_a_venue_that_cannot_be_read_holds_everything(
    make: Make, venue: str
) -> None:
    """Weights are shares of the whole, and without it none is known."""
    world = make().start().cycles(3)
    world.unreadable(venue)
    world.cycles(1)
    world.price("BTC", D(60_000))
    world.cycles(10)
    assert not any(world.orders(name) for name in PROTOCOL_OF)
    assert set(world.states().values()) == {"snapshot_incomplete"}


@pytest.mark.parametrize(
    ("venue", "held", "goes_on"),
    [("desk", "BTC", "ETH"), ("north", "BTC", "ETH"), ("south", "ETH", "BTC")],
)
def test_without_exposure_a_venue_that_cannot_be_read_holds_only_who_needs_it(
    make: Make, venue: str, held: str, goes_on: str
) -> None:
    world = make(0, IN_THE_VAULT).start().cycles(20)
    hedged = {"BTC": world.position("north", "BTC"), "ETH": world.position("south", "ETH")}
    assert hedged == {"BTC": D("-1.2"), "ETH": D(-10)}
    world.unreadable(venue)
    world.cycles(1)
    world.control("vault", "balance", asset="BTC", quantity="0.9")
    world.control("vault", "balance", asset="ETH", quantity="12")
    world.cycles(20)
    states = world.states()
    assert (states[held], states[goes_on]) == ("snapshot_incomplete", "in_band")
    wanted = {"BTC": D("-1.4"), "ETH": D(-12)}
    assert world.position("north", "BTC") == (wanted if goes_on == "BTC" else hedged)["BTC"]
    assert world.position("south", "ETH") == (wanted if goes_on == "ETH" else hedged)["ETH"]


def test_a_venue_that_comes_back_is_gone_on_with(make: Make) -> None:
    world = make().start().cycles(3)
    world.unreadable("south")
    world.price("BTC", D(60_000))
    world.cycles(6)
    assert not any(world.orders(name) for name in PROTOCOL_OF)
    world.cycles(400)
    assert world.position("north", "BTC") == D("-0.08")
    assert world.position("south", "ETH") == D("1.92")


def test_a_key_that_one_venue_refuses_halts_everything_and_names_it(make: Make) -> None:
    world = make().start().cycles(3)
    world.control("south", "fault", kind="reject", method="GET", path="", times=1000, code=100413)
    world.price("BTC", D(60_000))
    world.cycles(6)
    assert not any(world.orders(name) for name in PROTOCOL_OF)
    assert world.status()["state"] == "halt"
    assert "south" in str(world.status()["reason"])


ONE_ACCOUNT_TWICE = """
mode = "testnet"
[portfolio]
exposure = 0
[assets.BTC]
weight = 0.6
perpetual = "coins:BTC/USD:BTC"
wallets = ["dollars:spot"]
[assets.ETH]
weight = 0.4
perpetual = "dollars:ETH/USDT:USDT"
wallets = ["dollars:spot"]
[trigger]
drift = 0.03
[venues.dollars]
exchange = "binance"
wallets = ["spot", "linear"]
[venues.coins]
exchange = "binance"
wallets = ["inverse"]
"""


def test_two_tables_for_one_account_keep_its_products_apart(make: Make, tmp_path: Path) -> None:
    """Where the coin-margined half of an exchange is down, only what is hedged there waits."""
    del make  # but for the clock that it sets right
    config = LocalExchangeConfig(
        speed=D(0),
        balances={"BTC": D("1.2"), "ETH": D(16)},
        futures_wallet={"USDT": D(200_000), "BTC": D(2)},
    )
    world = Several(tmp_path, ONE_ACCOUNT_TWICE, {"dollars": config, "coins": config})
    world.exchanges["coins"] = world.exchanges["dollars"]
    try:
        world.start().cycles(20)
        assert world.states() == {"BTC": "in_band", "ETH": "in_band"}
        assert world.position("dollars", "ETH") == D(-16)
        path = "/dapi/v1/positionRisk"
        world.control("dollars", "fault", kind="status", method="GET", path=path, times=1000)
        world.control("dollars", "balance", asset="BTC", quantity="1.5")
        world.control("dollars", "balance", asset="ETH", quantity="20")
        world.cycles(20)
        assert world.states() == {"BTC": "snapshot_incomplete", "ETH": "in_band"}
        assert world.position("dollars", "ETH") == D(-20)
    finally:
        world.close()
