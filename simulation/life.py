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
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.logs import Log
from counterpoise.observer import Observer
from counterpoise.operator import Operator
from counterpoise.ports import Clock, Entropy, Gateway, Identity, Journal
from counterpoise.pricing import priced
from counterpoise.venues.shadow import ShadowGateway
from simulation.gate import Gate, PortClock, PortJournal
from simulation.gateway import LIMITS, PortGateway
from simulation.profile import Profile
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

    @property
    def file(self) -> Path:
        """Return where the journal is."""
        return self.folder / "journal.db"


@dataclass(slots=True, kw_only=True)
class Life:
    """A running daemon, its journal open, its loop a task."""

    gate: Gate
    journal: SqlJournal
    operator: Operator
    daemon: Daemon
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
            opened.database.close()
        self.task.cancel()


async def begin(host: Host, gate: Gate, gateway: PortGateway) -> Life:
    """Start a daemon. Raises what opening the journal raises."""
    profile = host.profile
    clock = cast("Clock", PortClock(gateway.host, gate))
    journal = SqlJournal(JournalConfig(url=f"sqlite:///{host.file}"), clock, host.entropy)
    mode = "dry-run" if profile.dry_run else "testnet"
    await journal.open(Identity(portfolio="sim", mode=mode, accounts=("binance:main",)))
    gated = cast("Journal", PortJournal(journal, gate, host.weather, host.committed))
    port: Gateway = gateway
    if profile.dry_run:
        port = ShadowGateway(gateway, gated, clock)
    daemon, operator = _daemon(host, gate, (gated, port, clock))
    return Life(
        gate=gate,
        journal=journal,
        operator=operator,
        daemon=daemon,
        task=gate.loop.create_task(daemon.run()),
    )


def _daemon(
    host: Host, gate: Gate, ports: tuple[Journal, Gateway, Clock]
) -> tuple[Daemon, Operator]:
    journal, port, clock = ports
    log = cast("Log", QuietLog())
    outside = Outside(
        gateways={MAIN: port}, limits={MAIN: LIMITS}, journal=journal, clock=clock, log=log
    )

    def publish(tidings: Tidings, control: Control) -> None:
        if gate.alive:
            host.publish(tidings, control)

    trigger = host.policy.trigger
    operator = Operator(journal, clock, host.folder / "halt", log)
    parts = Parts(
        observer=Observer({MAIN: port}, host.policy, clock),
        executor=Executor(outside),
        operator=operator,
        beliefs=Beliefs(journal, clock, host.policy),
        journal=journal,
        clock=clock,
        announcer=Announcer(log, clock, publish, trigger.sustain_ms + trigger.cooldown_ms),
        price=lambda intent: priced(intent, outside),
    )
    rhythm = Rhythm(
        policy=host.policy,
        settings_digest="sim",
        interval_s=host.profile.interval_s,
        limits={MAIN: LIMITS},
    )
    return Daemon(parts, rhythm), operator
