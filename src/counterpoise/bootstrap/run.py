"""Run the daemon of one portfolio until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from counterpoise import __version__
from counterpoise.announcer import Announcer, Tidings
from counterpoise.beliefs import Beliefs
from counterpoise.bootstrap.assembly import Portfolio
from counterpoise.bootstrap.report import Reporter
from counterpoise.bootstrap.telling import telling
from counterpoise.bootstrap.vet import vetting
from counterpoise.bootstrap.watching import watching
from counterpoise.config import VenueSettings
from counterpoise.core.instrument import VenueName
from counterpoise.core.mode import Mode
from counterpoise.core.state import AccountState, Control
from counterpoise.daemon import Daemon, Parts, Rhythm
from counterpoise.executor import Executor, Outside
from counterpoise.hardening import hardening
from counterpoise.journal.lock import Lock, hold_account, holder_here
from counterpoise.logs import process_routed, timestamp
from counterpoise.observer import Observer
from counterpoise.operator import Operator
from counterpoise.ports import VenueLimits
from counterpoise.pricing import priced
from counterpoise.status import STOPPED, read, write_atomically

EXIT_OK, EXIT_HALTED = 0, 4
STOP_WITHIN_S = 8.0  # then what is in flight is left journaled, to be settled at the next start


async def run_daemon(portfolio: Portfolio, cycles: int | None = None) -> int:
    """
    Run until SIGINT or SIGTERM, or for so many cycles, and return the exit code.

    SIGUSR1 halts. Raises SettingsError, Unauthorized, JournalHeld, JournalMismatch and
    JournalError where the daemon cannot start.
    """
    with ExitStack() as stack:
        stack.enter_context(process_routed(portfolio.log_setup))
        async with telling(portfolio.pager, portfolio.settings):
            try:
                await portfolio.journal.open(portfolio.identity)
                for lock in _account_locks(portfolio):
                    stack.callback(lock.release)
                return await _run(portfolio, cycles)
            finally:
                await _close(portfolio)


def _account_locks(portfolio: Portfolio) -> Iterator[Lock]:
    """
    Hold every account that may be traded on, so that no second daemon does.

    Two tables may be of one account, to keep its linear and its inverse half apart.
    """
    if portfolio.settings.mode is Mode.DRY_RUN:
        return
    holder = holder_here(portfolio.settings.portfolio_name, portfolio.clock)
    for account in dict.fromkeys(map(_account, portfolio.settings.venues.values())):
        yield hold_account(account, Path(tempfile.gettempdir()), holder)


def _account(venue: VenueSettings) -> str:
    """Return what tells accounts apart; where an exchange has wallets for keys, the wallet."""
    key = venue.wallet_address if venue.api_key is None else venue.api_key.get_secret_value()
    return f"{venue.exchange} {venue.endpoint} {key}"


async def _close(portfolio: Portfolio) -> None:
    for gateway in portfolio.gateways.values():
        await gateway.close()
    await portfolio.journal.close()


async def _run(portfolio: Portfolio, cycles: int | None) -> int:
    """Run the loop with signals connected, and say start and stop."""
    settings, log = portfolio.settings, portfolio.log
    facts = {
        "version": __version__,
        "hosts": {name: account.hosts for name, account in portfolio.accounts.items()},
        "settings_digest": settings.digest,
    }
    daemon, operator = build_daemon(portfolio)
    stopped = asyncio.Event()
    with _signals(daemon, operator, stopped):
        log.info("daemon.started", **facts)
        portfolio.pager.started(_before(portfolio))
        _say_secrets(portfolio)
        loop = asyncio.ensure_future(daemon.run(cycles))
        watch = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({loop, watch}, return_when=asyncio.FIRST_COMPLETED)
        watch.cancel()
        await asyncio.wait({loop}, timeout=STOP_WITHIN_S)
        loop.cancel()
        state = operator.control.state
        try:
            state = await loop
        except asyncio.CancelledError:
            pass
        finally:
            _mark_stopped(portfolio)
            log.info("daemon.stopped", **facts)
    portfolio.pager.stopped()
    halted = state is AccountState.HALT and not stopped.is_set()
    return EXIT_HALTED if halted else EXIT_OK


def _say_secrets(portfolio: Portfolio) -> None:
    """Say how the secrets came here, and how they are kept."""
    kept, log = hardening(), portfolio.log
    log.debug("process.hardened", no_core=kept.no_core, private_memory=kept.private_memory)
    if variables := portfolio.settings.secret_variables:
        log.warning(
            "secrets.in_environment",
            variables=variables,
            hint="put each into a file that only this user can read, and name it: api_key_file",
        )


def _before(portfolio: Portfolio) -> str:
    """Return what became of the daemon before this one, where that is worth a word."""
    try:
        document = read(portfolio.settings.status_path)
    except (OSError, ValueError):
        return ""
    if document is None or document.state == STOPPED:
        return ""
    ended = timestamp(document.written_at_ms)
    return f"the daemon before it ended without a word; its last cycle was at {ended}"


def _mark_stopped(portfolio: Portfolio) -> None:
    """Leave a status that says so, where there is one: what it shows is the last that was seen."""
    path = portfolio.settings.status_path
    try:
        document = read(path)
        if document is not None:
            left = replace(document, state=STOPPED, healthy=False)
            if document.state == AccountState.RUN:  # why it was resumed once is not why it stopped
                left = replace(left, reason="", by="")
            write_atomically(path, left)
    except (OSError, ValueError) as error:
        portfolio.log.debug("status.unwritten", detail=str(error))


@contextmanager
def _signals(daemon: Daemon, operator: Operator, stopped: asyncio.Event) -> Iterator[None]:
    """Connect SIGINT and SIGTERM to a stop, SIGUSR1 to a halt, while inside."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        daemon.stop()
        stopped.set()

    def halt() -> None:
        operator.signal_halt("SIGUSR1")
        daemon.wake()

    wanted = {signal.SIGINT: stop, signal.SIGTERM: stop, signal.SIGUSR1: halt}
    for number, act in wanted.items():
        loop.add_signal_handler(number, act)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)


def build_daemon(portfolio: Portfolio) -> tuple[Daemon, Operator]:
    """Put the daemon of a portfolio together; its journal must be open."""
    settings, journal, clock = portfolio.settings, portfolio.journal, portfolio.clock
    beliefs = Beliefs(journal, clock, portfolio.policy)
    operator = Operator(journal, clock, settings.halt_path, portfolio.log)
    observer = _observer(portfolio)
    publish = _publisher(portfolio, Reporter(portfolio, beliefs, observer))
    trigger = portfolio.policy.trigger
    waits_ms = trigger.sustain_ms + trigger.cooldown_ms
    outside = _outside(portfolio)
    inquiry, patrol = watching(portfolio, operator)
    parts = Parts(
        observer=observer,
        executor=Executor(outside),
        operator=operator,
        beliefs=beliefs,
        journal=journal,
        clock=clock,
        announcer=Announcer(portfolio.log, clock, publish, waits_ms),
        inquiry=inquiry,
        patrol=patrol,
        price=lambda intent: priced(intent, outside),
    )
    return Daemon(parts, _rhythm(portfolio, outside.limits)), operator


def _observer(portfolio: Portfolio) -> Observer:
    live = portfolio.settings.live
    vet = vetting(
        portfolio.settings.mode, live.confirm, portfolio.log, key_checked=live.key_checked
    )
    return Observer(portfolio.gateways, portfolio.policy, portfolio.clock, vet)


def _outside(portfolio: Portfolio) -> Outside:
    return Outside(
        gateways=portfolio.gateways,
        limits={name: account.limits for name, account in portfolio.accounts.items()},
        journal=portfolio.journal,
        clock=portfolio.clock,
        log=portfolio.log,
    )


def _rhythm(portfolio: Portfolio, limits: Mapping[VenueName, VenueLimits]) -> Rhythm:
    settings = portfolio.settings
    return Rhythm(
        policy=portfolio.policy,
        settings_digest=settings.digest,
        interval_s=settings.cycle.interval.seconds,
        limits=limits,
        schedule=settings.trigger.every,
        settings_changed=settings.file_changed,
    )


def _publisher(portfolio: Portfolio, reporter: Reporter) -> Callable[[Tidings, Control], None]:
    """Return what tells a person, and writes the status file, after each cycle."""

    def publish(tidings: Tidings, control: Control) -> None:
        portfolio.pager.see(tidings, control)
        try:
            write_atomically(portfolio.settings.status_path, reporter.document(tidings, control))
        except OSError as error:
            portfolio.log.debug("status.unwritten", detail=str(error))

    return publish
