"""Standards: numbers and code lists that others define, and what a value must be like to be one of theirs.

Owns how identifiers of goods, companies and accounts are checked and written, and which units, countries and currencies
the standards name. Pure: knows neither tables nor who governs them. What the group uses of a code list is governed
master data; what stands here is what a new database is given, and what a typed value is held against.
"""
