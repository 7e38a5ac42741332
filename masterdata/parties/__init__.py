"""Parties: suppliers and customers of the group.

Owns who they are and on which general terms they trade. Does not know their prices, orders or balances.
"""
