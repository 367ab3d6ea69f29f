"""What holds of the two sides of a position in hedge mode."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "hedge mode: an order goes by the net": (
        "core.snapshot",
        "        if self.sides is not None:\n            return self.sides.against(direction)\n",
        "",
        "siding sides",
    ),
    "hedge mode: the same side is closed": (
        "core.sides",
        "return self.short if direction > 0 else self.long",
        "return self.long if direction > 0 else self.short",
        "siding sides",
    ),
    "hedge mode: closing exceeds the side": (
        "core.sizing",
        "(wanted if abs(wanted) <= closable else closable.copy_sign(wanted)), True",
        "wanted, True",
        "siding sides",
    ),
    "hedge mode: a crumb of a side stops everything": (
        "core.sizing",
        "        return ZERO if too_small else found\n",
        "        return found\n",
        "siding sides",
    ),
    "hedge mode: margin counts the net": (
        "core.snapshot",
        "return abs(self.size) if self.sides is None else self.sides.gross",
        "return abs(self.size)",
        "siding sides",
    ),
    "hedge mode: gross is net": (
        "core.sides",
        "return self.long + self.short",
        "return abs(self.long - self.short)",
        "siding sides",
    ),
    "hedge mode: the net is believed of leverage": (
        "core.scene",
        "abs(memory.position) if memory.sides is None else memory.sides.gross",
        "abs(memory.position)",
        "siding sides",
    ),
    "hedge mode: a pair has no liquidation": (
        "core.margin",
        "    if not position.gross or",
        "    if not position.size or",
        "siding sides",
    ),
    "hedge mode: a pair stands against nothing": (
        "core.doubt",
        "snapshot.positions[target.instrument].gross != 0",
        "snapshot.positions[target.instrument].size != 0",
        "siding sides",
    ),
    "hedge mode: a pair is flat": (
        "core.plan",
        "    if position.gross == 0:\n",
        "    if position.size == 0:\n",
        "siding flattening",
    ),
    "hedge mode: flattening closes the net": (
        "core.snapshot",
        "        return -self.sides.long if self.sides.long >= self.sides.short else",
        "        return -self.size if self.size else",
        "siding flattening",
    ),
    "hedge mode: one side closed is all closed": (
        "core.plan",
        "replace(decision.verdict, completes=False)",
        "decision.verdict",
        "siding flattening",
    ),
    "hedge mode: any sides that come to the same": (
        "core.doubt",
        "    return memory.sides is None or shown is None or memory.sides == shown\n",
        "    return True\n",
        "siding beliefs",
    ),
    "hedge mode: what closed may have opened": (
        "core.doubt",
        "    return memory.sides is None or shown is None or memory.sides == shown\n",
        "    return True\n",
        "proving side",
    ),
    "hedge mode: any old trades explain other sides": (
        "core.foreign",
        "*(older if difference else [])",
        "*older",
        "proving side",
    ),
    "the first order is not held against the position": (
        "core.doubt",
        "seen.size == memory.position and _same_sides(memory, seen.sides)",
        "True",
        "proving unit",
    ),
    "ten times what was ordered is no matter": (
        "core.settlement",
        "    if abs(intent.filled_size) > abs(intent.order.size):\n",
        "    if False:\n",
        "proving tenfold",
    ),
    "hedge mode: flattening ends with a pair": (
        "daemon",
        "snapshot.positions[key].gross == 0",
        "snapshot.positions[key].size == 0",
        "proving pair",
    ),
    "hedge mode: the sides are not remembered": (
        "core.doubt",
        "        sides=seen.sides,\n        position_at_ms=seen.at_ms,\n",
        "        position_at_ms=seen.at_ms,\n",
        "siding beliefs",
    ),
    "hedge mode: every order opens": (
        "core.settlement",
        "closing=intent.order.reduce_only",
        "closing=False",
        "siding beliefs",
    ),
    "hedge mode: our orders leave the sides as they were": (
        "core.settlement",
        "            sides=_sides_after(memory, intent),\n",
        "",
        "siding beliefs",
    ),
    "hedge mode: a side that shrank grew": (
        "core.foreign",
        "    if memory.sides is not None and sides is not None:\n",
        "    if False:\n",
        "siding beliefs",
    ),
    "hedge mode: sides may contradict the size": (
        "core.snapshot",
        "        if self.sides is not None and self.sides.net != self.size:\n",
        "        if False:\n",
        "siding beliefs",
    ),
    "hedge mode: a side may be less than nothing": (
        "core.sides",
        "            if not side.is_finite() or side < 0:\n",
        "            if not side.is_finite():\n",
        "siding beliefs",
    ),
}
