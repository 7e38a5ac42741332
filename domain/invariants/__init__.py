"""Invariants: what must be true of the books at every instant, proved against the rows.

Owns no rows and writes nothing. Balances, reservations, layers and open items are kept current by the operations that
change them; here each is counted a second time, from the rows that it stands for. Two counts that differ are a fault.
"""
