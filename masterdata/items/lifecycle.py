"""The statuses of an item, and how it is tracked and valued."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class ItemStatus(StrEnum):
    """Whether an item may be bought and sold."""

    ACTIVE = "active"
    """It may."""
    BLOCKED = "blocked"
    """It may not for now."""
    RETIRED = "retired"
    """It may not any more."""


class Tracking(StrEnum):
    """What an item's stock is told apart by."""

    NONE = "none"
    """Nothing: one piece is like another."""
    LOT = "lot"
    """The lot that it was made or received in."""
    SERIAL = "serial"
    """The serial number of each piece."""


class ValuationMethod(StrEnum):
    """How stock is valued."""

    MOVING_AVERAGE = "moving_average"
    """At the average of what is there."""
    FIFO = "fifo"
    """At the cost of what came first."""


ITEM_STATUS = lifecycle(
    "item",
    {
        ItemStatus.ACTIVE: (ItemStatus.BLOCKED, ItemStatus.RETIRED),
        ItemStatus.BLOCKED: (ItemStatus.ACTIVE, ItemStatus.RETIRED),
        ItemStatus.RETIRED: (),
    },
)
