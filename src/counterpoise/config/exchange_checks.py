"""What is known of exchanges without asking one, and settings that do not fit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from counterpoise.config.problems import Problem, listed, nearest
from counterpoise.config.settings import Settings
from counterpoise.core.mode import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanges:
    """What is known of exchanges without asking one."""

    supported: frozenset[str]
    with_testnet: frozenset[str]
    with_passphrase: frozenset[str] = frozenset()  # whose keys have a third part
    with_wallet: frozenset[str] = frozenset()  # that know wallets instead of keys
    environments: Mapping[str, frozenset[str]] = field(default_factory=dict)  # beside the usual


def contradictions(settings: Settings, exchanges: Exchanges) -> Iterator[Problem]:
    """Yield everything that an exchange cannot be, or does not have."""
    for check in (unknown_exchange, no_testnet, unknown_environment):
        yield from check(settings, exchanges)


def _problem(key: str, said: str, allowed: str, remedy: str) -> Problem:
    return Problem(key=key, said=said, allowed=allowed, remedy=remedy)


def unknown_exchange(settings: Settings, exchanges: Exchanges) -> Iterator[Problem]:
    """Find an exchange that this version cannot trade on."""
    known = sorted(exchanges.supported)
    for name, venue in settings.venues.items():
        if venue.exchange not in known:
            close = nearest(venue.exchange, known)
            yield _problem(
                f"venues.{name}.exchange",
                f'= "{venue.exchange}", which this version does not support',
                f"{listed(known)}, by the name that ccxt has for it",
                f'write "{close or known[0]}"',
            )


def no_testnet(settings: Settings, exchanges: Exchanges) -> Iterator[Problem]:
    """Find testnet asked of an exchange that has none: its production would get the orders."""
    for name, venue in settings.venues.items():
        asked = settings.mode is Mode.TESTNET and not venue.endpoint
        listed_ = venue.exchange in exchanges.supported
        if asked and listed_ and venue.exchange not in exchanges.with_testnet:
            yield _problem(
                "mode",
                f'= "testnet", but {venue.exchange} (venues.{name}) has no test environment',
                f"testnet with {listed(sorted(exchanges.with_testnet))}, or with an endpoint",
                f'write mode = "dry-run", or set venues.{name}.endpoint',
            )


def unknown_environment(settings: Settings, exchanges: Exchanges) -> Iterator[Problem]:
    """Find a test environment that is not there, or named where it means nothing."""
    for name, venue in settings.venues.items():
        known = sorted(exchanges.environments.get(venue.exchange, ()))
        key, said = f"venues.{name}.environment", f'= "{venue.environment}"'
        if venue.environment and venue.environment not in known:
            allowed = f"nothing for the usual one, or {listed(known)}" if known else "nothing"
            yield _problem(key, said, allowed, "take it out")
        elif venue.environment and settings.mode is Mode.LIVE:
            yield _problem(key, f"{said} in live mode", "nothing: live is no test", "take it out")
