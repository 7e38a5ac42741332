"""Procurement: what the group buys, and what suppliers confirmed.

Owns purchase orders and their lines. Promises that every open line is an expected supply that inventory can peg to.
Does not receive goods or match invoices.
"""
