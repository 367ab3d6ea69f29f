"""
BingX's protocol: spot, USDT-margined swap and coin-margined cswap, everything in the query.

Shapes are those of the samples in ccxt 4.5.90 `bingx.py`, of which each handler names its own;
codes are those of its `exceptions` table and of BingX's published table for swap orders. What no
source states is marked as assumed where it is decided. The simulated account (VST) is the same
protocol under another host name.
"""
