"""Each venue's own wire protocol, spoken over the same engine."""
