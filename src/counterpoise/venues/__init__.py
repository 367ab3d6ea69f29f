"""The real exchanges, through ccxt."""
