"""Resolution: a chosen option becomes documents.

Turns an accepted sourcing option into a transfer or purchase order and ties it to the waiting demand, in one
transaction. Owns no tables.
"""
