"""The access policy under governance: rules, conditions, groups of entities, limits, pairs of duties.

Owns the declaration of these nouns, and what must hold of every policy before anybody is asked to approve it. Its
tables belong to the access machinery, which decides what the policy means.
"""
