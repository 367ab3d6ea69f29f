"""Puts one venue's gateway together. The mode is decided here, once."""

from __future__ import annotations

from typing import assert_never

from counterpoise.core.mode import Mode
from counterpoise.ports import Clock, Transport
from counterpoise.venues.client import Client
from counterpoise.venues.dialect import Profile
from counterpoise.venues.door import Door, DoorSession, Rules
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.outcomes import Judge
from counterpoise.venues.redaction import Redactor
from counterpoise.venues.requester import Requester
from counterpoise.venues.settings import VenueConfig
from counterpoise.venues.transport import HttpTransport


def build_gateway(
    config: VenueConfig, clock: Clock, transport: Transport | None = None
) -> CcxtGateway:
    """
    Return the gateway of one account; nothing is sent yet, and no socket is open.

    Without a `transport`, requests go over HTTP. Raises SettingsError for settings that cannot be
    meant, a test environment that does not exist among them.
    """
    profile = config.checked()
    rules = rules_for(config, profile)
    client = Client(config, profile, clock)
    door = Door(rules, transport or HttpTransport(proxy=config.proxy), clock)
    judge = Judge(profile=profile, redactor=Redactor((config.api_key, config.api_secret)))
    client.connect(DoorSession(door), profile.test if config.mode is Mode.TESTNET else None)
    requester = Requester(client, judge, config.lanes or profile.lanes, clock)
    return CcxtGateway(config, requester, door, judge, clock)


def rules_for(config: VenueConfig, profile: Profile) -> Rules:
    """Return what may pass the door in the mode of `config`."""
    hosts, writes = profile.production_hosts, profile.calls.writes
    match config.mode:
        case Mode.DRY_RUN:
            writes = frozenset()
        case Mode.TESTNET:
            hosts = profile.test.hosts if profile.test else hosts
        case Mode.LIVE:
            pass
        case _:
            assert_never(config.mode)
    return Rules(
        venue=config.name,
        mode=config.mode,
        hosts=hosts,
        reads=profile.calls.reads,
        writes=writes,
        headers=profile.headers,
        weight_headers=profile.weight_headers,
        endpoint=config.origin,
    )
