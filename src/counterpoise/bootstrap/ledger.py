"""The journal of a portfolio: whose it is, and how it is opened beside a running daemon."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from counterpoise.config import Settings
from counterpoise.core.units import install_context
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.store import SqlJournal
from counterpoise.ports import Clock, Entropy, Identity, Journal


def identity_of(settings: Settings) -> Identity:
    """Return whose journal it is."""
    return Identity(
        portfolio=settings.portfolio_name,
        mode=settings.mode,
        accounts=tuple(f"{venue.exchange}:{name}" for name, venue in settings.venues.items()),
    )


def journal_of(
    settings: Settings, clock: Clock, entropy: Entropy, *, exclusive: bool
) -> SqlJournal:
    """Return the portfolio's journal, not opened yet."""
    url = settings.journal.url.get_secret_value()
    return SqlJournal(JournalConfig(url=url, exclusive=exclusive), clock, entropy)


@asynccontextmanager
async def open_journal(
    settings: Settings, clock: Clock, entropy: Entropy
) -> AsyncIterator[Journal]:
    """Open the journal to read and to submit commands, beside a running daemon."""
    install_context()
    journal = journal_of(settings, clock, entropy, exclusive=False)
    await journal.open(identity_of(settings))
    try:
        yield journal
    finally:
        await journal.close()
