"""What may not go on."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "a clock astray is no hold": (
        "holds",
        "if abs(skew_ms) > limits[venue].skew_max_ms",
        "if False",
        "unattended astray",
    ),
    "bugs never halt": (
        "daemon",
        "            if self._bugs >= BUGS_MAX:\n",
        "            if False:\n",
        "unattended bugs",
    ),
    "refused credentials do not halt": (
        "daemon",
        '            await parts.operator.halt(f"{error}")\n',
        "            pass\n",
        "unattended refused_credentials",
    ),
    "a decision from before a pause is sent": (
        "daemon",
        "        if self._frozen(record.snapshot):\n",
        "        if False:\n",
        "unattended frozen",
    ),
    "the halt file is not looked for": (
        "operator",
        "        if not reason and self._halt_file.exists():\n",
        "        if False:\n",
        "people halted_by_file",
    ),
    "a halt by signal is written down later": (
        "operator",
        "reason, False\n        self._write_halt_file(reason)\n",
        "reason, False\n",
        "people halted_by_signal",
    ),
    "a key that may withdraw": (
        "bootstrap.vet",
        "    if facts.can_withdraw:\n",
        "    if False:\n",
        "starting accounts",
    ),
    "a key that does not say whether it may withdraw": (
        "bootstrap.vet",
        "    if facts.can_withdraw is None and not key_checked:\n",
        "    if False:\n",
        "starting accounts",
    ),
    "another account than was confirmed": (
        "bootstrap.vet",
        "    if facts.account_id not in confirm:\n",
        "    if False:\n",
        "starting accounts",
    ),
    "an account whose positions do not net": (
        "bootstrap.vet",
        "    if facts.hedge_mode and not facts.hedge_mode_traded:\n",
        "    if False:\n",
        "starting accounts",
    ),
    "a shadow order is forgotten": (
        "venues.shadow",
        "        self._shadows = None  # the journal holds the fill by the next read\n",
        "        self._shadows = self._shadows\n",
        "unattended shadowed",
    ),
}
