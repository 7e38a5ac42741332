"""Transfers: goods on their way between sites of an entity.

Owns transfer orders and their lines. Promises that what a transfer will take is reserved at the giver and what it will
bring is an expected supply at the taker.
"""
