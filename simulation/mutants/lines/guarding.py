"""What stands around decisions: the way to a venue, settings, secrets, and who is told."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "a lost connection is tried again": (
        "venues.transport",
        'raise OutcomeUnknown(f"the connection was lost: {type(error).__name__}") from None',
        "raise",
        "reaching over http",
    ),
    "a redirect is followed": (
        "venues.transport",
        "allow_redirects=False,",
        "allow_redirects=True,",
        "reaching over http",
    ),
    "an answer without end is read": (
        "venues.transport",
        "        if len(body) > ANSWER_BYTES_MAX:\n",
        "        if False:\n",
        "reaching over http",
    ),
    "certificates are not checked": (
        "venues.transport",
        "ssl.create_default_context()",
        "ssl._create_unverified_context()",
        "reaching trust",
    ),
    "a surprise of ccxt ends the daemon": (
        "venues.requester",
        "except (TypeError, KeyError, AttributeError, ValueError) as error:",
        "except KeyError as error:",
        "reaching surprises",
    ),
    "a read is tried again for ever": (
        "venues.requester",
        "            return late or state.attempt_number >= READ_ATTEMPTS_MAX\n",
        "            return state.attempt_number >= READ_ATTEMPTS_MAX\n",
        "reaching attempts",
    ),
    "another's ccxt signs": (
        "venues.provenance",
        "    if found:\n",
        "    if False:\n",
        "libraries published",
    ),
    "a ccxt that sends again is used": (
        "venues.client",
        "    if not safe:\n",
        "    if False:\n",
        "libraries kept",
    ),
    "a test environment leads to production": (
        "venues.client",
        "        if astray:\n",
        "        if False:\n",
        "libraries switched",
    ),
    "libraries print signed addresses": (
        "venues.client",
        "        quiet_libraries()\n",
        "        pass\n",
        "libraries silenced",
    ),
    "any option of ccxt": (
        "venues.settings",
        '            if key.replace("_", "").lower() in UNSAFE_OPTIONS:\n',
        "            if False:\n",
        "libraries settings",
    ),
    "orders of before are looked at": (
        "venues.gateway",
        "if order.resting or order.at_ms >= since_ms)",
        "if True)",
        "dividing listed",
    ),
    "what a wallet leaves out is zero everywhere": (
        "venues.gateway",
        "        if wallet not in self._profile.leaves_out_zeros:\n",
        "        if False:\n",
        "dividing zeros",
    ),
    "one venue's ban is lost with another's": (
        "bootstrap.pauses",
        "{**self._closed, venue: dict(closed)}",
        "{venue: dict(closed)}",
        "starting kept",
    ),
    "modes are changed unseen": (
        "bootstrap.vet",
        "        if before is not None and after is not None and before != after:\n",
        "        if False:\n",
        "starting modes",
    ),
    "real money without limits": (
        "config.contradictions",
        "    if case.settings.mode is Mode.LIVE and absent:\n",
        "    if False:\n",
        "configuring real money",
    ),
    "real money by a slip of one word": (
        "config.contradictions",
        "    if case.settings.mode is Mode.LIVE and not case.settings.live.confirm:\n",
        "    if False:\n",
        "configuring real money",
    ),
    "a secret that all may read": (
        "config.secret_files",
        "    if found.st_mode & OTHERS:\n",
        "    if False:\n",
        "hiding owners",
    ),
    "pieces of a secret are shown": (
        "redaction",
        "        return _without_runs(known.sub(HIDDEN, text), runs)\n",
        "        return known.sub(HIDDEN, text)\n",
        "hiding words",
    ),
    "a core has every secret": (
        "hardening",
        "        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n",
        "        pass\n",
        "hiding processes",
    ),
    "a clock astray holds nothing": (
        "holds",
        "        if abs(skew_ms) > limits[venue].skew_max_ms\n",
        "        if False\n",
        "holding words",
    ),
    "drift that nothing corrects is no alert": (
        "alarm",
        "if drifted_ms is not None and lasted(drifted_ms, plan.at_ms, most_ms + 1):",
        "if False:",
        "holding heard",
    ),
    "a clock set back silences what stands": (
        "core.notice",
        "    return now_ms < since_ms or now_ms - since_ms >= least_ms\n",
        "    return now_ms - since_ms >= least_ms\n",
        "holding heard",
        "telling standing",
    ),
    "a trade explains a position twice": (
        "inquiry",
        "if fill.trade_id not in recorded and fill.venue_order_id not in booked",
        "if fill.venue_order_id not in booked",
        "explaining booked",
    ),
    "a liquidation is left alone for a while": (
        "core.foreign",
        "    if worst not in STOPS:\n",
        "    if True:\n",
        "following consequences",
    ),
    "the heart beats though no page arrives": (
        "alerts.desk",
        "        if self._pulse is not None and not self.unheard():\n",
        "        if self._pulse is not None:\n",
        "carrying beating",
    ),
    "an alert is told once for ever": (
        "alerts.book",
        "        return Phase.REMINDER if now_s - told.at_s >= self._terms.remind_s else None\n",
        "        return None\n",
        "booking standing",
    ),
    "an alert that was refused holds up all others": (
        "alerts.book",
        "return refusals, phase is Phase.RESOLVED, -self.severity(item).rank, item.began_s",
        "return 0, phase is Phase.RESOLVED, -self.severity(item).rank, item.began_s",
        "booking grouping",
    ),
    "cycles that come to nothing are not told": (
        "paging",
        "        yield from _trouble(tidings.trouble, now_ms, cycle)\n",
        "        yield from ()\n",
        "telling standing",
    ),
}
