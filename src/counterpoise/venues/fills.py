"""All trades since a time, page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from counterpoise.core.orders import Fill
from counterpoise.errors import SnapshotError
from counterpoise.venues.dialect import FillsWindow

PAGES_MAX = 40

Page = Callable[[int], Awaitable[tuple[Fill, ...]]]  # from a start time, oldest first


async def fills_since(
    page: Page, window: FillsWindow, *, since_ms: int, now_ms: int
) -> tuple[Fill, ...]:
    """
    Return every trade since `since_ms`, oldest first, each once.

    A venue answers one request with so many rows, of so long a time, and no more. Raises
    SnapshotError where that many pages are not enough: part of the trades is not the trades.
    """
    found: dict[str, Fill] = {}
    start_ms = since_ms
    for _ in range(PAGES_MAX):
        rows = await page(start_ms)
        found.update((fill.trade_id, fill) for fill in rows)
        if len(rows) < window.rows_max:
            start_ms += window.span_ms
        else:
            newest_ms = rows[-1].at_ms
            start_ms = newest_ms if newest_ms > start_ms else start_ms + 1
        if start_ms > now_ms:
            return tuple(fill for fill in found.values() if fill.at_ms >= since_ms)
    raise SnapshotError(f"more trades than {PAGES_MAX} requests can fetch")
