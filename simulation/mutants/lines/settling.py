"""What may not be said of an order, and what a journal may not take."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "absence by one look-up": (
        "core.settlement",
        "evidence.not_found < NOT_FOUND_MIN or ",
        "",
        "settling outcomes",
    ),
    "acknowledged, and then unknown": (
        "core.settlement",
        "    if intent.state is IntentState.ACKNOWLEDGED:\n        return intent\n",
        "    if False:\n        return intent\n",
        "settling outcomes",
    ),
    "a part of a correction ends it": (
        "core.settlement",
        "    if intent.order.completes and intent.state is IntentState.FILLED:\n",
        "    if intent.state is IntentState.FILLED:\n",
        "settling outcomes",
    ),
    "an unsettled order is found out about later": (
        "daemon",
        "        await self._settle()\n",
        "        pass\n",
        "trading lost_order",
    ),
    "a failed look-up is not found": (
        "venues.requester",
        "        except NotFound:\n            return None\n",
        "        except Exception:\n            return None\n",
        "looking lookups",
    ),
    "any step of an order is taken": (
        "journal.steps",
        "    if after.state not in STEPS[before.state]:\n",
        "    if False:\n",
        "books steps",
    ),
    "absent before its last moment": (
        "journal.steps",
        "    if before.state is _S.UNKNOWN and now_ms <= before.expires_at_ms:\n",
        "    if False:\n",
        "books steps",
    ),
    "an ended order is edited": (
        "journal.steps",
        "    if replace(before, **added) != after:\n",
        "    if False:\n",
        "books steps",
    ),
    "an outcome of another order is taken": (
        "journal.steps",
        "        if getattr(before, field) != getattr(after, field):\n",
        "        if False:\n",
        "books steps",
    ),
    "the chain is not verified": (
        "journal.chain",
        "            if link[0] != number or found != _hash(previous, link):\n",
        "            if False:\n",
        "editing edits",
    ),
    "an order's row is not verified": (
        "journal.chain",
        "            if facts != digest(intent):\n",
        "            if False:\n",
        "editing edits",
    ),
    "two daemons on one journal": (
        "journal.lock",
        "        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        pass\n",
        "owning owners",
    ),
    "a journal is begun beside what is left of one": (
        "journal.opening",
        "        if remains.exists():\n",
        "        if False:\n",
        "owning damages",
    ),
    "another's journal is opened": (
        "journal.opening",
        "        check_identity(values, identity, str(path))\n",
        "        pass\n",
        "owning owners",
    ),
}
