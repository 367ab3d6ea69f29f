"""A seeded simulation that tries to break the daemon. For contributors; never shipped."""
