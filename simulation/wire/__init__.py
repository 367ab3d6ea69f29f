"""The same faults one layer further out: the real ccxt class over the exchange's own wire."""
