"""A recorded cycle, decided again."""

from __future__ import annotations

from counterpoise.core.decision import Plan
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import Policy
from counterpoise.ports import CycleRecord


def replay(record: CycleRecord, policy: Policy) -> Plan:
    """Decide a recorded cycle again under another policy."""
    return plan(record.snapshot, record.situation, policy)
