"""Currencies: codes of ISO 4217 with their decimals, and those that were withdrawn.

Owns which currencies the group knows. What the standard says of them stands in masterdata/standards; how amounts are
rounded in kernel/money.
"""
