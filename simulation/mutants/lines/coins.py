"""What holds of Binance's coin-margined side, and of the sides of its orders."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "coin-m: a symbol that is left out is flat": (
        "venues.binance_coinm",
        "    if missing:\n",
        "    if False:\n",
        "coins positions",
    ),
    "coin-m: a coin that is left out is nothing": (
        "venues.binance_answers",
        "    for asset in sorted(needed - found.keys()):\n",
        "    for asset in ():\n",
        "coins margins",
    ),
    "coin-m: an inverse position is worth its dollars times the price": (
        "venues.binance_answers",
        "worth = abs(size) / mark if inverse else abs(size) * mark",
        "worth = abs(size) * mark",
        "coins positions",
    ),
    "coin-m: a price is coins over dollars": (
        "venues.binance_reports",
        "return filled / worth if inverse else worth / filled",
        "return worth / filled",
        "coins reports",
    ),
    "hedge mode: an order does not say its side": (
        "venues.binance_requests",
        '        params["positionSide"] = POSITION_SIDES[order.side, order.reduce_only]\n',
        "        pass\n",
        "coins sides",
    ),
    "hedge mode: a closing order opens": (
        "venues.binance_requests",
        "POSITION_SIDES[order.side, order.reduce_only]",
        "POSITION_SIDES[order.side, False]",
        "coins sides",
    ),
    "hedge mode: a side of the other sign is believed": (
        "venues.binance_answers",
        "    if any(size * SIGNS[side] < 0 for side, size in shown.items()):\n",
        "    if False:\n",
        "coins positions",
    ),
    "hedge mode: both modes at once are believed": (
        "venues.binance_answers",
        "    if len(shown) > 1 and shown.get(BOTH):\n",
        "    if False:\n",
        "coins positions",
    ),
    "two position modes are taken for one": (
        "venues.binance_account",
        "    if len(set(modes)) > 1:\n",
        "    if False:\n",
        "coins accounts",
    ),
    "a position mode that nobody said is one-way": (
        "venues.binance_account",
        "    if None in modes:\n        return None\n",
        "",
        "coins accounts",
    ),
    "portfolio margin is read as if it were not": (
        "venues.binance_account",
        "    _refuse_portfolio_margin(",
        "    (",
        "coins accounts",
    ),
}
