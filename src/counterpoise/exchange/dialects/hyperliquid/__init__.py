"""
Hyperliquid: spot and USDC perpetuals; questions are a POST to /info, actions one to /exchange.

Where each shape comes from, all in ccxt 4.5.90's class (`async_support/hyperliquid.py`):

| answer | sample in the comments of |
| --- | --- |
| perpetuals with prices and funding | `fetch_swap_markets`, `fetch_funding_rates`, `parse_market` |
| spot pairs and tokens | `fetch_spot_markets`, `parse_currency` |
| books, past funding, time | `fetch_order_book`, `fetch_funding_rate_history`, `fetch_time` |
| balances, positions | `fetch_balance`, `fetch_positions`, `parse_position` |
| orders, fills, funding paid | `parse_order`, `parse_trade`, `fetch_my_liquidations`, |
| | `parse_income` |
| fees, account mode | `fetch_trading_fee`, `is_unified_enabled` |
| what an action is answered with | `create_orders`, `cancel_orders`, `set_leverage` |
| refusals | the class's `exceptions`, and the venue's page of error responses |
| roles of addresses | the venue's page of the info endpoint (`userRole`) |

What is Hyperliquid's own: an action is signed by an agent wallet for the account, and whoever signs
wrongly is told that some other wallet does not exist; a question about an address that has no
account, an agent's among them, is answered with nothing held; a perpetual's id is its place in the
list; prices have five figures; there are no market orders, no position modes, and an
immediate-or-cancel order that finds nothing is an error that can be looked up.
"""
