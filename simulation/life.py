"""One life of the real daemon behind the ports: real planner, executor, beliefs and journal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from counterpoise.announcer import Announcer, Tidings
from counterpoise.beliefs import Beliefs
from counterpoise.core.instrument import Asset
from counterpoise.core.policy.policy import Limits, Policy, Target, Trigger, ValueBasis
from counterpoise.core.state import AccountState, Control
from counterpoise.core.units import ONE
from counterpoise.daemon import Daemon, Parts, Rhythm
from counterpoise.executor import Executor, Outside
from counterpoise.inquiry import Inquiry
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.logs import Log
from counterpoise.naming import Naming
from counterpoise.observer import Observer
from counterpoise.operator import Operator
from counterpoise.paging import Pager
from counterpoise.patrol import Patrol
from counterpoise.ports import Clock, Entropy, Gateway, Identity, Journal
from counterpoise.pricing import priced
from counterpoise.venues.shadow import ShadowGateway
from simulation.gate import Gate, PortClock, PortJournal, Storage
from simulation.gateway import LIMITS, PortGateway
from simulation.phones import Phones, abandon
from simulation.profile import Profile
from simulation.storage import Disk
from simulation.venue import MAIN, D, Venue
from simulation.weather import Weather


class QuietLog:
    """A log that nobody reads."""

    def debug(self, event: str, **facts: object) -> None:
        """Say nothing."""

    info = warning = error = critical = debug


def policy_of(profile: Profile, venue: Venue) -> Policy:
    """Return the mandate of a profile: what the account holds at the start is in balance."""
    state = venue.truth.states[-1]
    value = sum((state.held[a] * state.price[a] for a in venue.assets), start=D(0))
    weights = {a: round(state.held[a] * state.price[a] / value, 4) for a in venue.assets}
    weights[venue.assets[0]] = ONE - sum(weights[a] for a in venue.assets[1:])
    bounds = profile.bounds
    return Policy(
        quote=Asset("USDT"),
        exposure=profile.exposure,
        value_basis=ValueBasis.HOLDINGS,
        targets=tuple(
            Target(
                asset=Asset(asset),
                weight=weights[asset],
                instrument=venue.key(asset),
                sources=("main:spot",),
                drift=profile.drift,
            )
            for asset in venue.assets
        ),
        trigger=Trigger(
            sustain_ms=profile.sustain_s * 1000,
            cooldown_ms=profile.cooldown_s * 1000,
            on_start=profile.on_start,
            return_to=profile.return_to,
        ),
        limits=Limits(
            price_collar=D("0.003"),
            spread_max=D("0.002"),
            order_notional_max=bounds.order,
            position_notional_max=bounds.position,
            turnover_day_max=bounds.turnover,
            orders_per_minute_max=bounds.orders_minute,
            leverage_max=bounds.leverage,
            margin_use_max=bounds.margin_use,
        ),
        snapshot_age_max_ms=10_000,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The machine that daemons live on, one after the other."""

    profile: Profile
    policy: Policy
    folder: Path
    clock: Clock
    entropy: Entropy
    weather: Weather
    publish: Callable[[Tidings, Control], None]
    committed: Callable[[str, object], None]
    disk: Disk
    phones: Phones


@dataclass(slots=True, kw_only=True)
class Life:
    """A running daemon, its journal open, its loop a task."""

    gate: Gate
    disk: Disk
    journal: SqlJournal
    operator: Operator
    daemon: Daemon
    pager: Pager
    task: asyncio.Task[AccountState]

    def drop(self) -> None:
        """End on the spot: the system takes back lock and file, nothing else happens."""
        if not self.gate.alive:
            return
        self.gate.alive = False
        opened = self.journal._opened  # noqa: SLF001 - as the system sees it, from outside
        if opened is not None:
            if opened.lock is not None:
                os.close(opened.lock.descriptor)
            with self.disk.killed():
                opened.database.close()
        self.task.cancel()
        abandon(self.pager)


def identity_of(profile: Profile) -> Identity:
    """Return whose journal it is."""
    mode = "dry-run" if profile.dry_run else "testnet"
    return Identity(portfolio="sim", mode=mode, accounts=("binance:main",))


async def begin(host: Host, gate: Gate, gateway: PortGateway) -> Life:
    """Start a daemon. Raises what opening the journal raises."""
    profile = host.profile
    clock = cast("Clock", PortClock(gateway.host, gate))
    journal = SqlJournal(
        JournalConfig(url=f"sqlite:///{host.disk.file}", cycle_retention_s=profile.retention_s),
        clock,
        host.entropy,
    )
    await journal.open(identity_of(profile))
    gated = cast(
        "Journal",
        PortJournal(
            gate,
            Storage(inner=journal, disk=host.disk, weather=host.weather, seen=host.committed),
        ),
    )
    port: Gateway = gateway
    if profile.dry_run:
        port = ShadowGateway(gateway, gated, clock)
    pager = host.phones.pager(clock, cast("Log", QuietLog()))
    daemon, operator = _daemon(host, gate, (gated, port, clock), pager)
    return Life(
        gate=gate,
        disk=host.disk,
        journal=journal,
        operator=operator,
        daemon=daemon,
        pager=pager,
        task=gate.loop.create_task(daemon.run()),
    )


def _daemon(
    host: Host, gate: Gate, ports: tuple[Journal, Gateway, Clock], pager: Pager
) -> tuple[Daemon, Operator]:
    journal, port, clock = ports
    log = cast("Log", QuietLog())
    outside = Outside(
        gateways={MAIN: port}, limits={MAIN: LIMITS}, journal=journal, clock=clock, log=log
    )

    def publish(tidings: Tidings, control: Control) -> None:
        if gate.alive:
            pager.see(tidings, control)
            host.phones.shown = pager.desk.state
            host.publish(tidings, control)

    trigger = host.policy.trigger
    operator = Operator(journal, clock, host.folder / "halt", log)
    naming = Naming(journal, None if host.profile.dry_run else "sim", operator.halt)
    gateways = {MAIN: port}
    parts = Parts(
        observer=Observer({MAIN: port}, host.policy, clock),
        executor=Executor(outside),
        operator=operator,
        beliefs=Beliefs(journal, clock, host.policy),
        journal=journal,
        clock=clock,
        announcer=Announcer(log, clock, publish, trigger.sustain_ms + trigger.cooldown_ms),
        inquiry=Inquiry(gateways, host.policy, journal, clock, naming),
        patrol=Patrol(gateways=gateways, policy=host.policy, naming=naming, clock=clock, log=log),
        price=lambda intent: priced(intent, outside),
    )
    rhythm = Rhythm(
        policy=host.policy,
        settings_digest="sim",
        interval_s=host.profile.interval_s,
        limits={MAIN: LIMITS},
    )
    return Daemon(parts, rhythm), operator
