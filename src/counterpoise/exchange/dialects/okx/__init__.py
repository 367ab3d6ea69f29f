"""
OKX V5: spot, USDT perpetuals and coin-margined perpetuals in one account, as demo trading.

Where each shape comes from, all in ccxt 4.5.90's okx class (`async_support/okx.py`):

| answer | sample in the comments of |
| --- | --- |
| instruments | ccxt's static fixture, `data/okx.json`; `parse_market` |
| tickers, candles | `parse_ticker`, `fetch_ohlcv` |
| book, mark prices | `fetch_order_book`, `fetch_mark_price` |
| funding rates, tiers | `fetch_funding_rate`, `fetch_funding_rate_history`, |
| | `fetch_market_leverage_tiers` |
| balance, account, fees, bills | `fetch_balance`, `fetch_accounts`, `fetch_trading_fee`, |
| | `fetch_funding_history` |
| positions, leverage | `parse_position`, `fetch_leverage`, `set_position_mode` |
| orders, fills | `parse_order`, `parse_trade`, `cancel_order` |
| codes | the class's `exceptions` table; an order's own are in its `sCode` |

What is OKX's own: perpetual amounts are contracts of `ctVal` each; a key is of demo trading, so
that every signed call needs the header `x-simulated-trading: 1`; a refused order is answered with
status 200 and code 1, the reason inside; fees are negative where they are paid; a post-only order
that would take is taken and found cancelled; the account is of the multi-currency kind.
"""
