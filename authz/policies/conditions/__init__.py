"""Conditions of policy rules: small typed expressions over the columns of a row and the attributes of who asks.

A condition is data, never code. One tree is read by everything: `tree` has its form, `check` refuses what the tables do
not declare, `python` decides on a single row, `sql` on the rows of a list. Both speak SQL's three values: a comparison
with nothing is neither true nor false. A rule that allows needs TRUE; one that denies holds unless it is provably
FALSE.
"""
