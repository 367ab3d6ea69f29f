from __future__ import annotations

from counterpoise.config import EXCHANGES
from counterpoise.venues.profiles import PROFILES


def test_the_exchanges_known_offline_are_those_that_are_spoken_with() -> None:
    assert EXCHANGES.supported == set(PROFILES)


def test_the_test_environments_known_offline_are_those_there_are() -> None:
    with_test = {name for name, profile in PROFILES.items() if profile.demo is not None}
    assert EXCHANGES.with_testnet == with_test


def test_the_passphrases_known_offline_are_those_that_ccxt_is_given() -> None:
    given = {n for n, one in PROFILES.items() if "api_passphrase" in one.credentials.values()}
    assert EXCHANGES.with_passphrase == given
