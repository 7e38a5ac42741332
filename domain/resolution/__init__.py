"""Resolution: a chosen option becomes documents.

Turns an accepted sourcing option into a transfer or purchase order and ties it to the waiting demand, and brings what a
supplier confirms to those to whom it was promised; each in one transaction. Owns no tables.
"""
