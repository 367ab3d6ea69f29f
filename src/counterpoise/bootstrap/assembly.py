"""Put the parts of one portfolio together. Nothing is opened, read or sent here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO, assert_never

from counterpoise.alerts.desk import Around
from counterpoise.bootstrap.ledger import identity_of, journal_of
from counterpoise.bootstrap.mandate import policy_of
from counterpoise.bootstrap.pauses import PausesFile
from counterpoise.bootstrap.telling import pager_of
from counterpoise.config import LogFormat, Settings, VenueSettings, spot_market
from counterpoise.core.instrument import Asset, Symbol, VenueName
from counterpoise.core.mode import Mode
from counterpoise.core.policy.policy import Policy
from counterpoise.core.units import install_context
from counterpoise.logs import Log, LogSetup, logger
from counterpoise.paging import Pager
from counterpoise.ports import Clock, Entropy, Gateway, Identity, Journal, Transport
from counterpoise.redaction import redactor
from counterpoise.venues.build import build_gateway
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.settings import VenueConfig
from counterpoise.venues.shadow import ShadowGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """One portfolio, ready to be run or looked at."""

    settings: Settings
    policy: Policy
    identity: Identity
    accounts: Mapping[VenueName, CcxtGateway]  # the venues themselves
    gateways: Mapping[VenueName, Gateway]  # what the daemon sees of them, by mode
    journal: Journal
    clock: Clock
    entropy: Entropy
    log: Log
    log_setup: LogSetup
    pager: Pager


def assemble(
    settings: Settings,
    clock: Clock,
    entropy: Entropy,
    transports: Mapping[VenueName, Transport] | None = None,
    stream: TextIO | None = None,
) -> Portfolio:
    """
    Return the parts of a portfolio, none of them opened.

    `transports` replaces HTTP for the venues it names; the log goes to `stream`, stdout unless
    given. Raises SettingsError for what only the venue's own profile can tell is wrong.
    """
    install_context()
    journal = journal_of(settings, clock, entropy, exclusive=True)
    setup = log_setup(settings, clock, stream or sys.stdout)
    accounts = _accounts(settings, clock, transports or {})
    log = logger(setup)
    return Portfolio(
        settings=settings,
        policy=policy_of(settings),
        identity=identity_of(settings),
        accounts=accounts,
        gateways={
            name: _by_mode(settings.mode, account, journal, clock)
            for name, account in accounts.items()
        },
        journal=journal,
        clock=clock,
        entropy=entropy,
        log=log,
        log_setup=setup,
        pager=pager_of(settings, Around(clock=clock, entropy=entropy, log=log)),
    )


def _accounts(
    settings: Settings, clock: Clock, wires: Mapping[VenueName, Transport]
) -> dict[VenueName, CcxtGateway]:
    """Return the account of each venue, closed to the hosts that asked to be left alone."""
    accounts = {
        VenueName(name): build_gateway(
            venue_config(settings, VenueName(name), venue), clock, wires.get(VenueName(name))
        )
        for name, venue in settings.venues.items()
    }
    pauses = PausesFile(settings.state_dir / f"{settings.portfolio_name}.pauses.json")
    for name, account in accounts.items():
        pauses.watch(name, account)
    return accounts


def log_setup(settings: Settings, clock: Clock, stream: TextIO) -> LogSetup:
    """Return how a portfolio logs: JSON, unless a person reads along at a terminal."""
    form = settings.log.format
    text = form is LogFormat.TEXT or (form is LogFormat.AUTO and stream.isatty())
    return LogSetup(
        clock=clock,
        stream=stream,
        portfolio=settings.portfolio_name,
        mode=settings.mode,
        level=settings.log.level,
        text=text,
        redact=redactor(settings.secrets),
    )


def _by_mode(mode: Mode, account: CcxtGateway, journal: Journal, clock: Clock) -> Gateway:
    match mode:
        case Mode.DRY_RUN:
            return ShadowGateway(account, journal, clock)
        case Mode.TESTNET | Mode.LIVE:
            return account
        case _:
            assert_never(mode)


def _plain(venue: VenueSettings, key: str) -> str:
    secret = getattr(venue, key)
    value: str = "" if secret is None else secret.get_secret_value()
    return value


def venue_config(settings: Settings, name: VenueName, venue: VenueSettings) -> VenueConfig:
    """Return what a venue's gateway is made of."""
    hedged = {
        Symbol(symbol): Asset(asset)
        for asset, chosen in settings.assets.items()
        if chosen.perpetual is not None
        for owner, _, symbol in (chosen.perpetual.partition(":"),)
        if owner == name
    }
    markets = (spot_market(settings, asset) for asset in settings.assets)
    spots = dict.fromkeys(market for market in markets if market is not None)
    return VenueConfig(
        name=name,
        exchange=venue.exchange,
        wallets=venue.wallets,
        mode=settings.mode,
        symbols=tuple(hedged),
        hedged=hedged,
        spots=tuple(Symbol(s) for v, _, s in (m.partition(":") for m in spots) if v == name),
        assets=(*map(Asset, settings.assets), Asset(settings.portfolio.quote)),
        api_key=_plain(venue, "api_key"),
        api_secret=_plain(venue, "api_secret"),
        api_passphrase=_plain(venue, "api_passphrase"),
        wallet_address=venue.wallet_address,
        agent_key=_plain(venue, "agent_key"),
        environment=venue.environment,
        endpoint=venue.endpoint,
        proxy=venue.proxy,
        options=venue.options,
    )
