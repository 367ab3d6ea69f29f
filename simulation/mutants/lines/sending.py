"""What may not be sent, and what an answer to it may not be taken for."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "reduce-only is not sent": (
        "venues.binance_requests",
        '        params["reduceOnly"] = "true"\n',
        "        pass\n",
        "orders payload",
    ),
    "an order rests in the book": (
        "venues.binance_requests",
        '"timeInForce": "IOC"',
        '"timeInForce": "GTC"',
        "orders payload",
    ),
    "a stale decision is sent": (
        "venues.gateway",
        "            if self._clock.wall_ms() > intent.expires_at_ms - window_ms:\n",
        "            if False:\n",
        "orders unsent",
    ),
    "an order before the account was looked at": (
        "venues.gateway",
        "        if two_sided is None:\n",
        "        if False:\n",
        "orders unsent",
    ),
    "orders wait behind reads": (
        "venues.gateway",
        "async with self._requester.order_lane:",
        "async with self._requester.read_lane:",
        "looking lanes",
    ),
    "an odd size is rounded up": (
        "venues.mapping",
        "    if not is_multiple(size, listed.instrument.size_step):\n",
        "    if False:\n",
        "orders unsent",
    ),
    "an answer about another order is taken": (
        "venues.binance_reports",
        "    if came != sent:\n",
        "    if False:\n",
        "orders reports",
    ),
    "an unknown status is the end": (
        "venues.binance_reports",
        "    if status is None:\n",
        "    if False:\n",
        "orders reports",
    ),
    "filled, yet not whole": (
        "venues.binance_reports",
        "    if status is VenueStatus.FILLED and filled < wanted:\n",
        "    if False:\n",
        "orders reports",
    ),
    "what is not listed is a refusal": (
        "venues.outcomes",
        "        if writing:\n            return OutcomeUnknown(said, hint=hint, detail=detail)\n",
        "        if writing:\n            return Rejected(said, hint=hint, detail=detail)\n",
        "orders codes",
    ),
    "an order that exists was refused": (
        "venues.outcomes",
        "        if outcome is Outcome.REFUSED and self._duplicate(reply):\n",
        "        if False:\n",
        "orders codes",
    ),
    "a surprise after a write goes up as it is": (
        "venues.requester",
        "        except Exception as error:",
        "        except CounterpoiseError as error:",
        "orders garbage",
    ),
    "an order is sent again": (
        "venues.requester",
        "            failure = self._judge.classify(error, writing=True)\n",
        "            return await self._client.request(call.name)(params)\n",
        "orders garbage",
    ),
    "a contract of any size": (
        "venues.mapping",
        "    if product.contract_size is not None and stated != product.contract_size:\n",
        "    if False:\n",
        "facts terms",
    ),
    "a position worth another amount": (
        "venues.binance_answers",
        "        if abs(worth - abs(notional)) > NOTIONAL_TOLERANCE * abs(notional):\n",
        "        if False:\n",
        "answers fields",
    ),
}
