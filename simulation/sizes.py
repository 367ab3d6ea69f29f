"""How much the gate does: counted in seeds and simulated time, never in seconds of a machine."""

from __future__ import annotations

BENIGN_DAYS = 5  # that one benign seed lasts
MONTH_DAYS = 30
YEAR_DAYS = 365
BENIGN_SEEDS = (YEAR_DAYS - MONTH_DAYS) // BENIGN_DAYS  # and a month in one piece: a year
SWARM_SEEDS = 40
TARGETED_SEEDS = 1  # of each targeted profile
DOUBLE_CRASHES = 60  # the second one while the daemon recovers from the first
RECOVERY_TAPS = 40  # after a crash, within which the second one comes
WIRE_DAYS = 30
