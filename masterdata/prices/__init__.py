"""Prices: what customers pay, what suppliers charge, and rates between currencies.

Owns price lists, supplier prices with their order terms, and exchange rates, each valid over dates. A document keeps a
reference to the price that it took. Does not know documents.
"""
