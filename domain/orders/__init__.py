"""Orders: what customers want, and what they were promised.

Owns sales orders and their lines. Promises that an accepted order is reserved in the same transaction, that its first
promise is kept beside the last, and that every line says how far it is. Does not move goods, buy or invoice.
"""
