from __future__ import annotations

from counterpoise.config import EXCHANGES
from counterpoise.venues.profiles import PROFILES


def test_the_exchanges_known_offline_are_those_that_are_spoken_with() -> None:
    assert EXCHANGES.supported == set(PROFILES)


def test_the_test_environments_known_offline_are_those_there_are() -> None:
    with_test = {name for name, profile in PROFILES.items() if profile.demo is not None}
    assert EXCHANGES.with_testnet == with_test
