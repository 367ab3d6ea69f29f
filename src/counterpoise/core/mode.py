"""What an order is allowed to be."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """Where orders go."""

    DRY_RUN = "dry-run"  # kept in memory and in the journal
    TESTNET = "testnet"  # to the venue's test environment, or to `endpoint`
    LIVE = "live"  # for real
