"""What holds of perpetuals that count in multiples, and of assets hedged with another's."""

from __future__ import annotations

from collections.abc import Mapping

COUNTS, PROXIES, NAMES = "proxying counts", "proxying proxies", "counting names"
PRICES, CANDLES = "counting prices", "counting candles"
Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "a multiple is sold as if it were one": (
        "core.instrument",
        "counted = quantity / self.multiplier",
        "counted = quantity",
        COUNTS,
    ),
    "a position of multiples counts as of one": (
        "core.instrument",
        "return counted * self.multiplier",
        "return counted",
        COUNTS,
    ),
    "the price of a multiple is that of one": (
        "core.instrument",
        "return mark_price / self.multiplier",
        "return mark_price",
        COUNTS,
    ),
    "the terms say nothing of a multiple": (
        "core.instrument",
        'counted = "" if self.multiplier == ONE else f" of {plain(self.multiplier)}"',
        'counted = ""',
        COUNTS,
    ),
    "no price confirms a multiple": (
        "core.scene",
        "any_doubt(*shown, t) or multiple_doubt(*shown, t) for t",
        "any_doubt(*shown, t) for t",
        COUNTS,
    ),
    "any price confirms a multiple": (
        "core.spot_doubt",
        "if abs(price - spot) <= PRICES_APART_MAX * spot:",
        "if True:",
        COUNTS,
    ),
    "a multiple of which no price was asked is believed": (
        "core.spot_doubt",
        "        if instrument.multiplier == ONE:\n",
        "        if True:\n",
        COUNTS,
    ),
    "a spot price of any age is one": (
        "core.spot_doubt",
        "if not -CLOCK_STEP_MAX_MS <= age_ms <= policy.snapshot_age_max_ms:",
        "if False:",
        COUNTS,
    ),
    "a spot price from the future is one": (
        "core.spot_doubt",
        "if not -CLOCK_STEP_MAX_MS <= age_ms <= policy",
        "if not age_ms <= policy",
        COUNTS,
    ),
    "a spot market without bids has a price": (
        "core.spot_doubt",
        "if price.ask - price.bid > PRICES_APART_MAX * price.mid:",
        "if False:",
        COUNTS,
    ),
    "a proxy's price that is missing holds nobody": (
        "core.scene",
        "{**carriers_doubts(policy, doubts), **doubts}",
        "doubts",
        PROXIES,
    ),
    "a proxy's old price is believed": (
        "core.spot_doubt",
        "        or _price_doubt(snapshot, situation, policy, proxied, proxied.spot)\n",
        "",
        PROXIES,
    ),
    "a proxy's balance that is missing is believed": (
        "core.spot_doubt",
        "        unread_holdings(snapshot, proxied)\n",
        "        None\n",
        PROXIES,
    ),
    "a proxy's balance may vanish": (
        "core.spot_doubt",
        "        or strange_holdings(snapshot, situation, proxied, hedged=False)\n",
        "",
        PROXIES,
    ),
    "a proxy's balance is not remembered": (
        "core.proxy",
        "            memory = believed(memory, snapshot, proxied)\n",
        "            pass\n",
        PROXIES,
    ),
    "beta has the wrong sign": (
        "core.proxy",
        "moved = proxied.beta * excess(",
        "moved = -proxied.beta * excess(",
        PROXIES,
    ),
    "beta is one": (
        "core.proxy",
        "moved = proxied.beta * excess(",
        "moved = excess(",
        PROXIES,
    ),
    "what is carried widens its carrier's target": (
        "core.plan",
        "goal -= scene.carried",
        "goal += scene.carried",
        PROXIES,
    ),
    "the last one carried is the only one": (
        "core.proxy",
        "found.get(proxied.carrier, ZERO) + moved",
        "moved",
        PROXIES,
    ),
    "what is wanted of a proxy is sold too": (
        "core.proxy",
        "return worth - policy.exposure * proxied.weight * value",
        "return worth",
        PROXIES,
    ),
    "a proxy counts nothing in the value": (
        "core.exposure",
        "        if proxied.asset in holdings\n",
        "        if False\n",
        PROXIES,
    ),
    "what is carried does not widen the band": (
        "core.proxy",
        "    return sum(bands, ZERO)\n",
        "    return ZERO\n",
        PROXIES,
    ),
    "a perpetual of another asset is taken": (
        "venues.mapping",
        'own_name if isinstance(own_name, str) else "")\n',
        'own_name if isinstance(own_name, str) else "") or ONE\n',
        NAMES,
    ),
    "a spot price of another market is taken": (
        "venues.spot_markets",
        "own = [row for row in listed if text(row, self.market, what) == spot.market_id]",
        "own = list(listed)",
        PRICES,
    ),
    "the first of several spot prices is taken": (
        "venues.spot_markets",
        "        if len(own) != 1:\n",
        "        if not own:\n",
        PRICES,
    ),
    "candles may come in any order": (
        "venues.spot_markets",
        "return tuple(sorted(closes, key=lambda close: close.from_ms))",
        "return tuple(closes or sorted(closes, key=lambda close: close.from_ms))",
        CANDLES,
    ),
}
