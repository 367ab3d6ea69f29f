"""
MEXC's protocols: spot under /api/v3, futures under /api/v1, each with its own signature.

Shapes are those of the samples in ccxt 4.5.90 `mexc.py`, of which each handler names its own; codes
are those of its `exceptions` table and of MEXC's published lists. What no source states is marked
as assumed where it is decided.
"""
