"""The kinds of locations."""

from enum import StrEnum


class LocationKind(StrEnum):
    """What a location is."""

    SITE = "site"
    """A warehouse, branch or store: what is there may be promised."""
    ZONE = "zone"
    """A part of a site."""
    BIN = "bin"
    """A place in a site where goods lie."""
    IN_TRANSIT = "in_transit"
    """A site of its own kind: goods on their way, never promised from."""
    QUARANTINE = "quarantine"
    """A site of its own kind: goods that wait for a decision, never promised from."""
    SUPPLIER = "supplier"
    """Where received goods come from."""
    CUSTOMER = "customer"
    """Where shipped goods go to."""
    ADJUSTMENT = "adjustment"
    """Where counts and damage put the difference."""


VIRTUAL_KINDS = (LocationKind.SUPPLIER, LocationKind.CUSTOMER, LocationKind.ADJUSTMENT)
"""Counterparties of movements: what comes from or goes to them leaves the entity's stock. They have no balance."""
