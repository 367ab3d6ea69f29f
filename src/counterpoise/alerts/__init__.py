"""Tells people: webhooks, an outside heartbeat, and what is worth either."""
