from __future__ import annotations

from counterpoise.config import EXCHANGES
from counterpoise.config.model import WALLETS, WALLETS_USUAL_OF
from counterpoise.venues.profiles import PROFILES


def test_the_exchanges_known_offline_are_those_that_are_spoken_with() -> None:
    assert EXCHANGES.supported == set(PROFILES)


def test_the_test_environments_known_offline_are_those_there_are() -> None:
    with_test = {name for name, profile in PROFILES.items() if profile.demo is not None}
    assert EXCHANGES.with_testnet == with_test


def test_the_passphrases_known_offline_are_those_that_ccxt_is_given() -> None:
    given = {n for n, one in PROFILES.items() if "api_passphrase" in one.credentials.values()}
    assert EXCHANGES.with_passphrase == given


def test_the_wallets_known_offline_are_those_that_ccxt_is_given() -> None:
    given = {n for n, one in PROFILES.items() if "agent_key" in one.credentials.values()}
    assert EXCHANGES.with_wallet == given


def test_the_other_test_environments_known_offline_are_those_there_are() -> None:
    named = {n: frozenset(one.other_demos) for n, one in PROFILES.items() if one.other_demos}
    assert EXCHANGES.environments == named


def test_every_wallet_of_a_venue_can_be_named_in_the_settings() -> None:
    for profile in PROFILES.values():
        assert {str(wallet) for wallet in profile.wallets} <= set(WALLETS)


def test_the_wallets_that_nobody_named_are_wallets_of_the_exchange() -> None:
    for name, usual in WALLETS_USUAL_OF.items():
        assert set(usual) <= {str(wallet) for wallet in PROFILES[name].wallets}
