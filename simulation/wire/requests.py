"""What can strike a request on its way, as faults that the local exchange can carry out."""

from __future__ import annotations

from collections.abc import Mapping

Strike = tuple[str, Mapping[str, object]]  # a kind of fault, and its numbers

ON_ORDERS: Mapping[str, Strike] = {
    "wire.order.lost": ("timeout-before", {"hold_s": 12}),
    "wire.order.unanswered": ("timeout-after", {"hold_s": 12}),
    "wire.order.hung_up": ("timeout-after", {"hold_s": 0}),
    "wire.order.late": ("slow", {"delay_s": 4.0, "late": True}),
    "wire.order.slow": ("slow", {"delay_s": 2.0}),
    "wire.order.partial": ("partial-fill", {}),
    "wire.order.hidden": ("delay-visible", {"delay_s": 3.0}),
    "wire.order.failed": ("status", {"status": 503}),
    "wire.order.failed_done": ("status", {"status": 500, "executed": True}),
    "wire.order.page": ("html", {}),
    "wire.order.cut": ("cut-body", {}),
    "wire.order.refused": ("reject", {"code": -2019}),
    "wire.order.unsure": ("reject", {"code": -1007}),
    "wire.order.skewed": ("reject", {"code": -1021}),
}
ON_READS: Mapping[str, Strike] = {
    "wire.read.failed": ("status", {"status": 502}),
    "wire.read.page": ("html", {}),
    "wire.read.empty": ("empty", {}),
    "wire.read.nothing": ("empty", {"body": "[]"}),
    "wire.read.cut": ("cut-body", {}),
    "wire.read.stale": ("stale", {}),
    "wire.read.slow": ("slow", {"delay_s": 5.0}),
    "wire.read.silent": ("timeout-after", {"hold_s": 12}),
    "wire.limited": ("rate-limit", {"retry_after_s": 7}),
    "wire.banned": ("ban", {"retry_after_s": 180}),
    "wire.blocked": ("status", {"status": 451}),
}
