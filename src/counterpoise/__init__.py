"""Keep a crypto portfolio's exposure where its owner wants it, by perpetuals only."""

__version__ = "0.1.0"
