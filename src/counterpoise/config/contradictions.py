"""What no single key shows: settings that are each fine and together are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from counterpoise.config import alert_checks, exchange_checks, hedges, wallets
from counterpoise.config.exchange_checks import Exchanges
from counterpoise.config.layers import KeyPath
from counterpoise.config.model import VenueSettings
from counterpoise.config.problems import Problem, listed, nearest
from counterpoise.config.secrets import VENUE_SECRETS
from counterpoise.config.settings import Settings
from counterpoise.core.mode import Mode
from counterpoise.core.units import ONE, ZERO, plain

LIVE_LIMITS = (
    "order_notional_max",
    "position_notional_max",
    "turnover_day_max",
    "orders_per_minute_max",
    "leverage_max",
    "price_collar",
    "spread_max",
)
KEY_AND_SECRET, WITH_PASSPHRASE = VENUE_SECRETS[:2], VENUE_SECRETS[:3]
WALLET_AND_AGENT = ("wallet_address", "agent_key")
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Settings to be judged, with what to judge them by."""

    settings: Settings
    exchanges: Exchanges
    venues: frozenset[str]  # every name in the file, also of those that are wrong in themselves
    secrets: bool  # whether secrets were read
    wrong: tuple[KeyPath, ...] = ()  # keys that are wrong in themselves, and were left out


def _problem(key: str, said: str, allowed: str, remedy: str) -> Problem:
    return Problem(key=key, said=said, allowed=allowed, remedy=remedy)


def too_few(case: Case) -> Iterator[Problem]:
    """Find nothing to do, or nowhere to do it."""
    if not case.settings.assets:
        remedy = 'add [assets.BTC] with weight = 0.5 and perpetual = "main:BTC/USDT:USDT"'
        yield _problem("assets", "is missing", "one table an asset, [assets.BTC]", remedy)
    if not case.venues:
        remedy = 'add [venues.main] with exchange = "binance"'
        yield _problem("venues", "is missing", "one table an account, [venues.main]", remedy)


def weights_sum(case: Case) -> Iterator[Problem]:
    """Find weights beyond the whole."""
    weights = {name: asset.weight for name, asset in case.settings.assets.items()}
    total = sum(weights.values(), ZERO)
    if total > ONE:
        terms = " + ".join(f"{name} {plain(weight)}" for name, weight in weights.items())
        yield _problem(
            "assets",
            f"have weights of {plain(total)} in all: {terms}",
            "at most 1 in sum; less than 1 leaves the rest without exposure",
            f"lower them by {plain(total - ONE)} together",
        )


def wrong_quote(case: Case) -> Iterator[Problem]:
    """Find a perpetual in another currency than the portfolio."""
    wanted = case.settings.portfolio.quote
    for name, perpetual, (venue, base, quote, settle) in hedges.perpetuals(case.settings):
        if settle != base and quote != wanted:
            yield _problem(
                f"assets.{name}.perpetual",
                f'= "{perpetual}", quoted in {quote}, while portfolio.quote is {wanted}',
                "one quote currency for the whole portfolio",
                f'write "{venue}:{base}/{wanted}:{wanted}", or set portfolio.quote = "{quote}"',
            )


def unknown_venue_name(case: Case) -> Iterator[Problem]:
    """Find a perpetual on a venue that is not there."""
    names = sorted(case.venues)
    for name, perpetual, (venue, *_) in hedges.perpetuals(case.settings):
        if names and venue not in case.venues:
            close = nearest(venue, names)
            rest = perpetual.partition(":")[2]
            yield _problem(
                f"assets.{name}.perpetual",
                f'= "{perpetual}", but there is no [venues.{venue}]',
                f"a venue of this file: {listed(names)}",
                f'write "{close or names[0]}:{rest}", or add [venues.{venue}]',
            )


def missing_wallet(case: Case) -> Iterator[Problem]:
    """Find a perpetual whose wallet is not looked at."""
    for name, _, (venue, base, _, settle) in hedges.perpetuals(case.settings):
        wallet = "inverse" if settle == base else "linear"
        account = case.settings.venues.get(venue)
        if account is not None and not {wallet, "unified"} & set(account.wallets):
            wallets = ", ".join(f'"{w}"' for w in (*account.wallets, wallet))
            yield _problem(
                f"venues.{venue}.wallets",
                f"has no {wallet!r}, which the perpetual of {name} is in",
                "every wallet that holds a configured asset or perpetual",
                f"write wallets = [{wallets}]",
            )


def undated_external(case: Case) -> Iterator[Problem]:
    """Find a holding declared without saying when, or for how long."""
    for name, asset in case.settings.assets.items():
        given = {
            "external_as_of": asset.external_as_of,
            "external_valid_for": asset.external_valid_for,
        }
        examples = {"external_as_of": "2025-06-30", "external_valid_for": '"90d"'}
        absent = [key for key, value in given.items() if value is None]
        if asset.external is not None and absent:
            yield _problem(
                f"assets.{name}.external",
                f"= {plain(asset.external)}, without {' and '.join(absent)}",
                "a holding with the day it was counted and how long that may be believed",
                "; ".join(f"add {key} = {examples[key]}" for key in absent),
            )
        elif asset.external is None and len(absent) < len(given):
            yield _problem(
                f"assets.{name}.external",
                "is missing, though it is dated",
                "a quantity, such as 0.25",
                "add external = 0.25, or take the date out",
            )


def hedged(case: Case) -> Iterator[Problem]:
    """Find what hedges an asset and is not of it."""
    yield from hedges.contradictions(case.settings, case.wrong)


def exchanges(case: Case) -> Iterator[Problem]:
    """Find exchanges and test environments that are not there."""
    yield from exchange_checks.contradictions(case.settings, case.exchanges)


def missing_credentials(case: Case) -> Iterator[Problem]:
    """Find a venue that nobody can sign in to."""
    for name, venue in case.settings.venues.items() if case.secrets else ():
        if venue.exchange in case.exchanges.with_wallet:
            yield from _missing_wallet(name, venue)
            continue
        third = venue.exchange in case.exchanges.with_passphrase
        wanted = WITH_PASSPHRASE if third else KEY_AND_SECRET
        absent = [key for key in wanted if getattr(venue, key) is None]
        if absent:
            variables = " and ".join(
                f"COUNTERPOISE_VENUES__{name.upper()}__{k.upper()}" for k in absent
            )
            yield _problem(
                f"venues.{name}.{absent[0]}",
                f"is missing{''.join(f', and so is {key}' for key in absent[1:])}",
                f"{absent[0]}_file = PATH of a file only you can read, or {variables}",
                "take the keys that `counterpoise exchange` prints"
                if venue.endpoint
                else f"make an API key on {venue.exchange} without the withdrawal right, set them",
            )


def _missing_wallet(name: str, venue: VenueSettings) -> Iterator[Problem]:
    if venue.wallet_address and not ADDRESS.fullmatch(venue.wallet_address):
        yield _problem(
            f"venues.{name}.wallet_address",
            f'= "{venue.wallet_address}"',
            "an address: 0x and 40 hexadecimal digits",
            f"copy the account's own address from {venue.exchange}",
        )
    absent = [key for key in WALLET_AND_AGENT if not getattr(venue, key)]
    if absent:
        yield _problem(
            f"venues.{name}.{absent[0]}",
            f"is missing{''.join(f', and so is {key}' for key in absent[1:])}",
            "wallet_address, the account's own address (0x...), and agent_key_file = PATH of a "
            "file only you can read, with the private key of its API wallet",
            "take those that `counterpoise exchange` prints"
            if venue.endpoint
            else f"make an API wallet on {venue.exchange}, which cannot withdraw, and set both",
        )


def live_limits(case: Case) -> Iterator[Problem]:
    """Find real money without bounds."""
    given = case.settings.limits.model_fields_set
    absent = [key for key in LIVE_LIMITS if key not in given]
    if case.settings.mode is Mode.LIVE and absent:
        yield _problem(
            "limits",
            f"has no {', '.join(absent)}",
            "in live mode every limit, set on purpose; none has a default there",
            "set each under [limits], as config/counterpoise.example.toml does",
        )


def live_confirm(case: Case) -> Iterator[Problem]:
    """Find real money risked by a slip of one word."""
    if case.settings.mode is Mode.LIVE and not case.settings.live.confirm:
        yield _problem(
            "live.confirm",
            "is missing",
            "in live mode the account's own id, of each venue, as a second deliberate step",
            'counterpoise doctor shows the id while mode = "dry-run"; set it under [live]',
        )


def live_endpoint(case: Case) -> Iterator[Problem]:
    """Find real orders that would go to somebody else."""
    for name, venue in case.settings.venues.items():
        if case.settings.mode is Mode.LIVE and venue.endpoint:
            yield _problem(
                f"venues.{name}.endpoint",
                f'= "{venue.endpoint}" in live mode',
                "no endpoint: live orders go to the exchange's own hosts and nowhere else",
                'take the endpoint out, or write mode = "testnet"',
            )


def looked_for(case: Case) -> Iterator[Problem]:
    """Find assets that are looked for where nothing is."""
    yield from wallets.unknown_wallets(case.settings)


def alerts(case: Case) -> Iterator[Problem]:
    """Find channels that nobody could be told on."""
    yield from alert_checks.contradictions(case.settings.alerts, secrets=case.secrets)


CHECKS: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    too_few,
    weights_sum,
    hedged,
    wrong_quote,
    unknown_venue_name,
    missing_wallet,
    looked_for,
    undated_external,
    exchanges,
    missing_credentials,
    live_limits,
    live_confirm,
    live_endpoint,
    alerts,
)


def contradictions(case: Case) -> Iterator[Problem]:
    """Yield everything that contradicts itself."""
    for check in CHECKS:
        yield from check(case)
