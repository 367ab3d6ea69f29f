"""From settings to what is wanted: whose perpetual hedges an asset, and which price is read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.bootstrap.assembly import venue_config
from counterpoise.bootstrap.mandate import policy_of
from counterpoise.config import Settings
from counterpoise.core.instrument import Asset, Symbol, VenueName
from counterpoise.venues.settings import VenueConfig
from tests.config.files import GOOD, KEYS, changed, loaded, written

D = Decimal
MORE = """
[assets.PEPE]
weight = 0.05
perpetual = "main:1000PEPE/USDT:USDT"

[assets.ALT]
weight = 0.1
drift = 0.02
proxy = {asset = "BTC", beta = -0.8}
external = 5
external_as_of = 2026-01-31
external_valid_for = "90d"
"""
OTHER = """
[venues.other]
exchange = "bybit"
"""
OTHER_KEYS = {name.replace("MAIN", "OTHER"): value for name, value in KEYS.items()}


def settings_of(folder: Path, text: str) -> Settings:
    environ = {**KEYS, **(OTHER_KEYS if OTHER in text else {})}
    return loaded(written(folder, text), environ)


def config_of(settings: Settings, venue: str = "main") -> VenueConfig:
    return venue_config(settings, VenueName(venue), settings.venues[venue])


def test_plain_assets_need_no_price_but_their_perpetuals(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, GOOD)
    assert policy_of(settings).spots == {}
    assert config_of(settings).spots == ()


def test_a_multiple_is_hedged_for_its_asset_and_its_price_is_read_beside_it(
    tmp_path: Path,
) -> None:
    settings = settings_of(tmp_path, GOOD + MORE)
    target = next(t for t in policy_of(settings).targets if t.asset == "PEPE")
    assert (target.instrument, target.spot) == ("main:1000PEPE/USDT:USDT", "main:PEPE/USDT")
    config = config_of(settings)
    assert config.hedged[Symbol("1000PEPE/USDT:USDT")] == "PEPE"
    assert Symbol("PEPE/USDT") in config.spots


def test_what_is_carried_has_no_perpetual_and_everything_else(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, GOOD + MORE)
    policy = policy_of(settings)
    (proxied,) = policy.proxied
    assert (proxied.asset, proxied.carrier, proxied.beta) == (Asset("ALT"), Asset("BTC"), D("-0.8"))
    assert (proxied.weight, proxied.drift, proxied.spot) == (D("0.1"), D("0.02"), "main:ALT/USDT")
    assert proxied.sources == ("main:spot",)
    assert proxied.external is not None
    assert {target.asset for target in policy.targets} == {"BTC", "ETH", "PEPE"}
    assert set(config_of(settings).symbols) == {
        "BTC/USDT:USDT",
        "ETH/USDT:USDT",
        "1000PEPE/USDT:USDT",
    }
    assert Asset("ALT") in config_of(settings).assets


@pytest.mark.parametrize("asset", ["PEPE", "ALT"])
def test_a_price_may_be_read_on_another_venue(tmp_path: Path, asset: str) -> None:
    text = GOOD + changed(
        f"[assets.{asset}]", f'[assets.{asset}]\nprice = "other:{asset}/USDT"', MORE
    )
    settings = settings_of(tmp_path, text + OTHER)
    assert config_of(settings, "other").spots == (Symbol(f"{asset}/USDT"),)
    assert Symbol(f"{asset}/USDT") not in config_of(settings).spots
    assert f"other:{asset}/USDT" in policy_of(settings).spots


def test_a_coin_named_like_a_multiple_has_its_price_read(tmp_path: Path) -> None:
    text = GOOD + MORE.replace("[assets.PEPE]", "[assets.1000PEPE]")
    policy = policy_of(settings_of(tmp_path, text))
    target = next(t for t in policy.targets if t.asset == "1000PEPE")
    assert target.spot == "main:1000PEPE/USDT"


def test_the_perpetual_of_a_small_k_is_named_in_capitals(tmp_path: Path) -> None:
    text = GOOD + MORE.replace("1000PEPE", "KPEPE")
    target = next(t for t in policy_of(settings_of(tmp_path, text)).targets if t.asset == "PEPE")
    assert (target.instrument, target.spot) == ("main:KPEPE/USDT:USDT", "main:PEPE/USDT")
