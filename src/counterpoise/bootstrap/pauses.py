"""Bans that outlive a restart: which hosts asked to be left alone, in a file beside the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from counterpoise.venues.gateway import CcxtGateway


class PausesFile:
    """
    Keeps the pauses of every venue of a portfolio.

    A file and not the journal, because every tool that asks the venue must keep to a ban, and only
    the daemon may write the journal.
    """

    def __init__(self, path: Path) -> None:
        """Read and write `path`; neither is an error where it cannot be done."""
        self._path = path
        self._closed = self._read()

    def watch(self, venue: str, account: CcxtGateway) -> None:
        """Close again what is still closed, and write down what closes from now on."""
        account.door.pauses.restore(self._closed.get(venue, {}))
        account.door.pauses.kept_by(lambda closed: self._write(venue, closed))

    def _write(self, venue: str, closed: Mapping[str, int]) -> None:
        self._closed = {**self._closed, venue: dict(closed)}
        draft = self._path.with_suffix(".tmp")
        with suppress(OSError):  # no folder yet, or no room: this process keeps to it all the same
            draft.write_text(json.dumps(self._closed), encoding="ascii")
            draft.replace(self._path)

    def _read(self) -> dict[str, dict[str, int]]:
        try:
            found = json.loads(self._path.read_text(encoding="ascii"))
            return {
                str(venue): {str(host): int(until_ms) for host, until_ms in hosts.items()}
                for venue, hosts in found.items()
            }
        except (OSError, ValueError, TypeError, AttributeError, OverflowError):
            return {}
