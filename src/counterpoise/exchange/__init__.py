"""The local exchange: a venue on this machine that speaks a real venue's own protocol."""
