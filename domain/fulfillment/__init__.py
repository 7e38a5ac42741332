"""Fulfillment: goods come in and go out.

Owns receipts and shipments. Promises that goods, value, supply, demand and reservations change together, and that a
receipt serves those who wait for it in the same transaction.
"""
