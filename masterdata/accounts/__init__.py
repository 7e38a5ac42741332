"""Accounts: whose accounts people have, who may act for whom, and the keys of partners' machines.

Owns the declarations of these nouns; their tables belong to the access machinery. Promises that nobody gets another
name, another's rights or a key but through governance. Does not decide what anybody may do.
"""
