"""Answers made otherwise than the truth: what a venue in trouble says."""

from __future__ import annotations

import json
from collections.abc import Callable

Row = dict[str, object]
Change = Callable[[bytes], bytes]


def rows_changed(change: Callable[[Row], Row | None]) -> Change:
    """Return what changes, or with None drops, each row of an answer that is a list."""

    def changed(body: bytes) -> bytes:
        rows: list[Row] = json.loads(body)
        return json.dumps([new for row in rows if (new := change(row)) is not None]).encode()

    return changed


def balances_changed(change: Callable[[list[Row]], list[Row]]) -> Change:
    """Return what changes the rows of the spot account."""

    def changed(body: bytes) -> bytes:
        account = json.loads(body)
        return json.dumps({**account, "balances": change(account["balances"])}).encode()

    return changed


def zeroed(asset: str) -> Callable[[list[Row]], list[Row]]:
    """Return what shows nothing of an asset."""

    def change(rows: list[Row]) -> list[Row]:
        zero = {"free": "0.00000000", "locked": "0.00000000"}
        return [{**row, **zero} if row["asset"] == asset else row for row in rows]

    return change


def dropped(asset: str) -> Callable[[list[Row]], list[Row]]:
    """Return what does not list an asset at all."""
    return lambda rows: [row for row in rows if row["asset"] != asset]


def listing_changed(symbol: str, /, **facts: object) -> Change:
    """Return what changes facts of one listed market."""

    def changed(body: bytes) -> bytes:
        info = json.loads(body)
        info["symbols"] = [
            {**row, **facts} if row["symbol"] == symbol else row for row in info["symbols"]
        ]
        return json.dumps(info).encode()

    return changed
