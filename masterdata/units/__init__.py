"""Units of measure: codes of UN/ECE Recommendation 20 with their dimension and exact factor.

Owns what a unit is, and how a quantity is given in another one: exactly, or not at all. An item's own units belong to
the item.
"""
