"""Items: what the group buys, keeps and sells.

Owns the item, its base unit and increment, and the exact factors of its other units. Promises that a quantity converts
exactly or is refused. Does not know prices, suppliers or stock.
"""
