"""Countries: codes of ISO 3166-1, with those that are no more.

Owns which countries the group knows. What the standard says of them stands in masterdata/standards.
"""
