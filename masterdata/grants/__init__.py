"""Grants: who has which role, where.

Owns the declaration of the noun; its table belongs to the access machinery. Promises that a grant changes through
governance like all master data. Does not decide what a role may do.
"""
