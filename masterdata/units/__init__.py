"""Units of measure: codes of UN/ECE Recommendation 20 with their dimension.

Owns what a unit is. Does not convert between an item's units: those factors belong to the item.
"""
