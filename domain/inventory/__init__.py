"""Inventory: what is where, what is promised, and what is expected.

Owns movements, balances, supply and demand rows, reservations and allocation decisions. Promises that no more is ever
reserved than is there (the database holds it by CHECK), and that balances are the sum of the movements. Knows no order
documents: they write their demand and supply here in their own transactions.
"""
