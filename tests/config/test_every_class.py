"""Every exchange class that ccxt has, as the `exchange` of a settings file."""

from __future__ import annotations

from pathlib import Path

import ccxt
import pytest

from counterpoise.config.load import EXCHANGES
from counterpoise.core.mode import Mode
from counterpoise.venues.profiles import PROFILES
from tests.config.files import GOOD, LIVE, loaded, refusal, written

OTHERS = sorted(set(ccxt.exchanges) - PROFILES.keys())


def test_what_settings_may_name_is_what_there_are_venues_for() -> None:
    assert PROFILES.keys() == EXCHANGES.supported
    tested = {name for name, profile in PROFILES.items() if profile.demo is not None}
    assert tested == EXCHANGES.with_testnet
    others = {name: frozenset(one.other_demos) for name, one in PROFILES.items() if one.other_demos}
    assert others == EXCHANGES.environments
    assert set(ccxt.exchanges) > EXCHANGES.supported


@pytest.mark.parametrize("mode", Mode)
def test_every_other_class_is_refused_in_our_words(mode: Mode, tmp_path: Path) -> None:
    tables = "".join(f'\n[venues.v_{name}]\nexchange = "{name}"\n' for name in OTHERS)
    text = GOOD.replace("testnet", mode) + tables + (LIVE if mode is Mode.LIVE else "")
    said = str(refusal(written(tmp_path, text)))
    for name in OTHERS:
        key = f"venues.v_{name}.exchange"
        assert f'{key} = "{name}", which this version does not support' in said
    assert all(name in said for name in PROFILES)


def test_the_same_file_with_a_supported_exchange_is_taken(tmp_path: Path) -> None:
    assert loaded(written(tmp_path)).venues["main"].exchange == "binance"
