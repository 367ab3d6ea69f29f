"""Puts one venue's gateway together. The mode is decided here, once."""

from __future__ import annotations

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
    judge = Judge(profile=profile, redactor=Redactor(config.secrets))
    client.connect(DoorSession(door), config.demo_of(profile))
    requester = Requester(client, judge, config.lanes or profile.lanes, clock)
    return CcxtGateway(config, requester, door, judge, clock)


def rules_for(config: VenueConfig, profile: Profile) -> Rules:
    """Return what may pass the door in the mode of `config`."""
    chosen = config.demo_of(profile)
    hosts = chosen.hosts if chosen else profile.production_hosts
    demo = None if config.origin else chosen
    return Rules(
        venue=config.name,
        mode=config.mode,
        hosts=hosts,
        reads=profile.asked,
        writes=() if config.mode is Mode.DRY_RUN else profile.writes_of(config.wallets),
        headers=profile.headers,
        weight_headers=profile.weight_headers,
        endpoint=config.origin,
        order_body=profile.order_body,
        read_body=profile.read_body,
        marked=demo.marked if demo else None,
        signed_path=demo.signed_path if demo else "",
        pauses=profile.pauses,
        blocked_s=profile.blocked_s,
    )
