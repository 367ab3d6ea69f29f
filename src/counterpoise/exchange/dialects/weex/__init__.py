"""
WEEX's protocols: spot under /api/v3, USDT-margined perpetuals under /capi/v3.

Shapes are those of the samples in ccxt 4.5.90 `weex.py`, of which each handler names its own, and
of WEEX's published documents of version 3 where ccxt has none; codes are those of its `exceptions`
table. What no source states is marked as assumed where it is decided. The simulated account is
four paths of the same host, under /capi/v3/sim.
"""
