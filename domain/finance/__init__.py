"""Finance: what operations cost, posted at once.

Owns the journal, the valuation layers and the open items. Promises that every journal row balances by its shape, that a
control account and its sub-ledger are the same rows, and that layers hold the quantity that the movements left. Knows
accounts, not orders.
"""
