"""What may not leave, and what may not come in."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "any host": (
        "venues.door",
        "        if host not in self.rules.hosts:\n",
        "        if False:\n",
        "doors hosts",
    ),
    "any spelling of a URL": (
        "venues.door",
        "        if found is None:\n",
        '        if found is None and not (found := re.search("//([^/?#]*)(/[^?]*)()", url)):\n',
        "doors hosts",
    ),
    "any path": (
        "venues.door",
        "        if call is None:\n",
        "        if False:\n",
        "doors methods",
    ),
    "money goes out": (
        "venues.door",
        "        if any(_MONEY_OUT.search(call.path) for call in (*self.reads, *self.writes)):\n",
        "        if False:\n",
        "doors rules",
    ),
    "dry-run has writes": (
        "venues.build",
        "() if config.mode is Mode.DRY_RUN else profile.writes",
        "profile.writes",
        "doors methods",
        "facts locked",
        "doors rules",
    ),
    "live goes to an endpoint": (
        "venues.door",
        "        if self.mode is Mode.LIVE and self.endpoint:\n",
        "        if False:\n",
        "doors rules",
    ),
    "a test request that would reach production": (
        "venues.door",
        "        self._check_test_environment(path, headers)\n",
        "        pass\n",
        "passing marks",
    ),
    "any body is an order": (
        "venues.door",
        "            if self.rules.order_body is not None and not self.rules.order_body(body):\n",
        "            if False:\n",
        "passing orders",
    ),
    "any header": (
        "venues.door",
        "            if name.lower() not in self._headers:\n",
        "            if False:\n",
        "doors bodies",
    ),
    "control characters in a header": (
        "venues.door",
        "            if not _HEADER_VALUE.fullmatch(str(value)):\n",
        "            if False:\n",
        "doors bodies",
    ),
    "a giant body leaves": (
        "venues.door",
        "        if len(body) > BODY_BYTES_MAX:\n",
        "        if False:\n",
        "doors bodies",
    ),
    "a redirect is an answer": (
        "venues.door",
        "        if response.status in REDIRECTS:\n",
        "        if False:\n",
        "doors redirects",
    ),
    "an answer of any size": (
        "venues.door",
        "        if len(response.body) > ANSWER_BYTES_MAX:\n",
        "        if False:\n",
        "doors redirects",
    ),
    "a proxy of ccxt's own": (
        "venues.door",
        '        if options.get("proxy") is not None:\n',
        "        if False:\n",
        "doors sessions",
    ),
    "a pause is not kept to": (
        "venues.door",
        "        self.pauses.check(host)\n",
        "        pass\n",
        "pausing pauses",
        "unattended banned",
    ),
    "a ban ends with the process": (
        "bootstrap.pauses",
        "        account.door.pauses.restore(self._closed.get(venue, {}))\n",
        "        pass\n",
        "starting kept",
        "unattended banned",
    ),
    "a shorter pause ends a longer one": (
        "venues.pauses",
        "max(until_s, self._until_s.get(host, until_s))",
        "until_s",
        "pausing kept_pauses",
    ),
    "what a venue says is shown as it is": (
        "venues.outcomes",
        "        detail = self.redactor.redacted(reply.message)\n",
        "        detail = reply.message\n",
        "secrets secrets",
    ),
}
