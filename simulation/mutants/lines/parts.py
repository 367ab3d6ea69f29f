"""What the parts of a daemon may not forget, mistake, or wait for."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "a look-up that made no sense fails the cycle": (
        "executor",
        "        except (Unavailable, SnapshotError) as error:\n            self._outside",
        "        except Unavailable as error:\n            self._outside",
        "outcomes looked_up",
    ),
    "a trade of a settled order of ours is strange": (
        "executor",
        " for fill in fills if fill.venue_order_id not in known)",
        " for fill in fills)",
        "outcomes traded",
    ),
    "a trade without an order's name is ours": (
        "executor",
        "{other.venue_order_id for other in ours if other.venue_order_id}",
        "{other.venue_order_id for other in ours}",
        "outcomes traded",
    ),
    "a doubt is not on record": (
        "executor",
        (
            "        intent = unconfirmed(intent, cause=cause)\n"
            "        await self._outside.journal.record_outcome(intent)\n"
        ),
        "        intent = unconfirmed(intent, cause=cause)\n",
        "outcomes answers",
    ),
    "orders that ended are kept for ever": (
        "executor",
        "        if not intent.state.live:\n            self._not_found.pop(",
        "        if False:\n            self._not_found.pop(",
        "outcomes looked_up",
    ),
    "an order that is open has ended": (
        "daemon",
        "[intent for intent in intents if not intent.state.live]",
        "list(intents)",
        "cycling sends",
    ),
    "what settled in a cycle that was cut off is not believed": (
        "daemon",
        "            await parts.beliefs.catch_up()\n",
        "            pass\n",
        "cycling settles",
    ),
    "one bad read, and what ran well may end": (
        "daemon",
        "self._seen_once or not snapshot.missing",
        "not snapshot.missing",
        "faltering refused",
    ),
    "what is under way is not decided with": (
        "daemon",
        "            unsettled=unsettled_by_instrument(unsettled),\n",
        "",
        "situating orders",
    ),
    "what may yet grow is not decided with": (
        "daemon",
        "            pending=pending_by_instrument(unsettled),\n",
        "",
        "situating orders",
    ),
    "orders of others need not be seen": (
        "daemon",
        "            held=parts.patrol.holds()\n            | held_back(",
        "            held=held_back(",
        "situating holds",
    ),
    "a signal halts by its file alone": (
        "operator",
        "        self._signalled, self._latched = reason, False\n",
        "        self._latched = False\n",
        "obeying halts",
    ),
    "a halt is not latched at once": (
        "operator",
        "        await self._latch_halts(by)\n",
        "        pass\n",
        "obeying halts",
    ),
    "an older word lifts a newer halt": (
        "operator",
        "        if not self._latched:\n            return\n",
        "",
        "obeying files",
    ),
    "an empty halt file halts nothing": (
        "operator",
        'self._halt_file.read_text(errors="replace").strip() or "halt file"',
        'self._halt_file.read_text(errors="replace").strip()',
        "obeying files",
    ),
    "a list of orders that makes no sense fails the cycle": (
        "patrol",
        "        except (Unavailable, SnapshotError):\n",
        "        except Unavailable:\n",
        "patrolling looks",
    ),
    "a venue that does not list its orders is asked each cycle": (
        "patrol",
        "            self._round(venue).due_s = self.clock.monotonic_s() + AGAIN_S\n",
        "            pass\n",
        "patrolling looks",
    ),
    "what was written and not said is not believed": (
        "beliefs",
        "        self._unsure = True  #",
        "        self._unsure = False  #",
        "remembering writes",
    ),
    "what was carried over is carried again": (
        "beliefs",
        " and intent.sequence > memory.carried",
        "",
        "remembering starts",
    ),
    "what is seen is taken with an order under way": (
        "beliefs",
        "            and target.instrument not in unsettled\n",
        "",
        "remembering accounts",
    ),
    "what was not read is not missing": (
        "observer",
        'missing.append(Missing(what=f"{venue}:{what}", assets=assets, reason=error.advice))',
        "del error",
        "observing missing",
    ),
    "silence mends an account": (
        "observer",
        "        except (Unavailable, SnapshotError):  # what it does not say is as it was\n",
        "        except (Unavailable, SnapshotError):\n            self._unfit.pop(venue, None)\n",
        "observing asks",
    ),
}
