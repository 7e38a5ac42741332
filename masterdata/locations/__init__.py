"""Locations: where stock can be, and the lanes between sites.

Owns the tree of sites, zones and bins of each entity, its in-transit and quarantine places, and the virtual
counterparties of movements: supplier, customer, adjustment. Does not know what lies there.
"""
