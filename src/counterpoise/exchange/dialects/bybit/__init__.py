"""
Bybit V5: spot, USDT perpetuals and coin-margined perpetuals in one unified trading account.

Where each shape comes from, all in ccxt 4.5.90's bybit class (`async_support/bybit.py`):

| answer | sample in the comments of |
| --- | --- |
| instruments | recorded metadata, `data/bybit.json`; envelope of `fetch_future_markets` |
| tickers, candles, book | `parse_ticker`, `fetch_ohlcv`, `fetch_order_book` |
| funding rates | `fetch_funding_rate_history` |
| risk limits | `fetch_derivatives_market_leverage_tiers` |
| wallet balance, account, key | `parse_balance` (spot & swap), `is_unified_enabled` |
| positions | `fetch_position`, `parse_position` |
| orders, executions, funding paid | `parse_order` (v5), `parse_trade`, `parse_income` |
| codes | the class's `exceptions` table |

Three things are Bybit's own. An order or a cancellation is answered with its ids alone. A
post-only perpetual order that would take, and a fill-or-kill order that cannot be filled, get an
id too: they are found cancelled afterwards. A client's order id is refused for good once it was
used, not only while its order is open.
"""
