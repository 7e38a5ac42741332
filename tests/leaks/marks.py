"""Marks: words that stand in the texts of whoever owns a row, so that a leak is found by reading the answer."""

from enum import StrEnum


class Mark(StrEnum):
    """Whose text it is. No mark is part of another, and none can stand in base64 by chance."""

    NORTH = "northmark"
    SOUTH = "southmark"
    WEST = "westmark"
    """A legal entity that has nothing but agreements with the two others."""
    IRON = "ironmark"
    """The supplier of the north's first item; both legal entities buy from both suppliers."""
    OAK = "oakmark"
    ASH = "ashmark"
    """A customer; both legal entities sell to both."""
    BIRCH = "birchmark"
    GOODS = "goodsmark"
    """What the group shares among its own people."""
    SHELF = "shelfmark"
    """What it shows to all partners."""


ENTITIES = (Mark.NORTH, Mark.SOUTH)
SUPPLIERS = (Mark.IRON, Mark.OAK)
CUSTOMERS = (Mark.ASH, Mark.BIRCH)
