"""A read-only cycle."""

from __future__ import annotations

from dataclasses import replace

from counterpoise.beliefs import Beliefs, unsettled_by_instrument
from counterpoise.bootstrap.assembly import Portfolio
from counterpoise.bootstrap.basis import Basis, bases
from counterpoise.bootstrap.ledger import journal_of
from counterpoise.core.decision import Situation
from counterpoise.core.plan import plan
from counterpoise.core.state import AccountState, Control
from counterpoise.holds import held_back
from counterpoise.journal.location import journal_path
from counterpoise.observer import Observer
from counterpoise.ports import CycleRecord, Journal
from counterpoise.venues.shadow import ShadowGateway


async def look(portfolio: Portfolio) -> CycleRecord:
    """
    See and decide once, as the daemon would now. Nothing is sent and nothing is recorded.

    What the daemon remembers (cooldown, unsettled orders, shadow positions) counts where there is
    a journal. Raises what the venue's refusal of the credentials or the settings raises.
    """
    return (await look_closely(portfolio, closely=False))[0]


async def look_closely(
    portfolio: Portfolio, *, closely: bool = True
) -> tuple[CycleRecord, tuple[Basis, ...]]:
    """Do the same, and ask besides how well each proxy hedged what it stands for of late."""
    try:
        record = await _seen(portfolio)
        return record, await bases(portfolio) if closely else ()
    finally:
        for account in portfolio.accounts.values():
            await account.close()


async def _seen(portfolio: Portfolio) -> CycleRecord:
    journal = await _beside(portfolio)
    gateways = {
        name: ShadowGateway(portfolio.accounts[name], journal, portfolio.clock)
        if journal is not None and isinstance(gateway, ShadowGateway)
        else portfolio.accounts[name]
        for name, gateway in portfolio.gateways.items()
    }
    try:
        observer = Observer(gateways, portfolio.policy, portfolio.clock)
        snapshot = await observer.snapshot()
        control = Control() if journal is None else await journal.control()
        if portfolio.settings.halt_path.exists():
            control = replace(control, state=AccountState.HALT, flattening=False)
        limits = {name: account.limits for name, account in portfolio.accounts.items()}
        situation = Situation(
            now_ms=portfolio.clock.wall_ms(),
            flattening=control.flattening,
            held=held_back(control, portfolio.policy, observer.skews_ms, limits),
        )
        if journal is not None:
            situation = await _remembered(portfolio, journal, situation)
        return CycleRecord(
            number=0,
            at_ms=situation.now_ms,
            settings_digest=portfolio.settings.digest,
            snapshot=snapshot,
            situation=situation,
            policy=portfolio.policy,
            plan=plan(snapshot, situation, portfolio.policy),
        )
    finally:
        if journal is not None:
            await journal.close()


async def _beside(portfolio: Portfolio) -> Journal | None:
    """Open the journal beside a running daemon; None where there is none yet, or nobody's."""
    journal = journal_of(portfolio.settings, portfolio.clock, portfolio.entropy, exclusive=False)
    path = journal_path(portfolio.settings.journal.url.get_secret_value())
    if path is None or not path.exists():
        return None
    await journal.open(portfolio.identity)
    return journal


async def _remembered(portfolio: Portfolio, journal: Journal, situation: Situation) -> Situation:
    """Add what the daemon remembers. Drift timers are its own; they start afresh here."""
    beliefs = Beliefs(journal, portfolio.clock, portfolio.policy)
    await beliefs.refresh()
    return replace(
        situation,
        memories=await journal.memories(),
        unsettled=unsettled_by_instrument(await journal.unsettled()),
        activity=beliefs.activity(),
    )
