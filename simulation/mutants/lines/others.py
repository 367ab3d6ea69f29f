"""What others do, what a person says, and what a failure leaves behind."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "a copy of us does not halt": (
        "naming",
        "        if names:\n",
        "        if False:\n",
        "others copied",
        "others copy_traded",
    ),
    "an order from before this journal is a copy": (
        "naming",
        "return Cause.COPY if at_ms > await self._judged_ms() else Cause.FOREIGN",
        "return Cause.COPY",
        "others copied",
    ),
    "orders of others are not looked for": (
        "daemon",
        "        await parts.patrol.look(parts.observer.open)\n",
        "        pass\n",
        "others copied",
    ),
    "one asset accepted is all accepted": (
        "beliefs",
        "            if target.asset in assets\n            and target.instrument in",
        "            if target.instrument in",
        "others withdrawn",
    ),
    "an accepted asset is forgotten before it is seen": (
        "daemon",
        "        self._accepting |= orders.accepted\n",
        "        self._accepting = orders.accepted\n",
        "others withdrawn",
    ),
    "one asset resumed resumes the account": (
        "operator",
        (
            "        if command.command is Command.RESUME and command.asset is not None:\n"
            "            return\n"
        ),
        "        if False:\n            return\n",
        "others withdrawn",
    ),
    "flattening is over unseen": (
        "daemon",
        "        if not control.flattening or snapshot.missing:\n",
        "        if not control.flattening:\n",
        "commanding flattened_blind",
    ),
    "a refusal is no reason to look at the account": (
        "daemon",
        "        parts.observer.look_again(refusing(intents))\n",
        "        pass\n",
        "failing two_sided",
    ),
    "absent by the wall clock alone": (
        "executor",
        "return asked_ms > last_ms and (now_s - known_s) * 1000 > limits.absence_after_ms",
        "return asked_ms > last_ms",
        "failing set_forward",
    ),
    "absent beside a trade that may be its own": (
        "executor",
        "            strange_trade=await self._strange_trade(intent),\n",
        "            strange_trade=False,\n",
        "failing contradicted",
    ),
    "an order that had no effect stays open": (
        "executor",
        "        except (Unavailable, Rejected) as error:\n",
        "        except Rejected as error:\n",
        "failing unsent",
    ),
    "what settled in a cut-off cycle is not believed": (
        "daemon",
        "        if behind:\n",
        "        if False:\n",
        "failing unsaid",
    ),
}
