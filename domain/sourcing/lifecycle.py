"""The statuses of a shortage and of an option."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class ShortageStatus(StrEnum):
    """How far the resolution of a shortage is."""

    DETECTED = "detected"
    """No way out is on record."""
    PROPOSED = "proposed"
    """There are options to choose from."""
    EXECUTING = "executing"
    """An option was chosen, and the goods are on their way."""
    RESOLVED = "resolved"
    """The demand is reserved on stock."""
    WITHDRAWN = "withdrawn"
    """The demand is gone."""


class OptionKind(StrEnum):
    """What kind of way out an option is."""

    TRANSFER = "transfer"
    """A sister site gives."""
    BUY = "buy"
    """A supplier delivers."""


class OptionStatus(StrEnum):
    """What became of an option."""

    OFFERED = "offered"
    """It can be chosen."""
    CHOSEN = "chosen"
    """It was chosen."""
    LAPSED = "lapsed"
    """Another was chosen, or the shortage is over."""


_OVER = (ShortageStatus.RESOLVED, ShortageStatus.WITHDRAWN)
OPEN_SHORTAGE = (ShortageStatus.DETECTED, ShortageStatus.PROPOSED, ShortageStatus.EXECUTING)

SHORTAGE_STATUS = lifecycle(
    "shortage",
    {
        ShortageStatus.DETECTED: (ShortageStatus.PROPOSED, ShortageStatus.EXECUTING, *_OVER),
        ShortageStatus.PROPOSED: (ShortageStatus.DETECTED, ShortageStatus.EXECUTING, *_OVER),
        ShortageStatus.EXECUTING: (ShortageStatus.DETECTED, ShortageStatus.PROPOSED, *_OVER),
        ShortageStatus.RESOLVED: (),
        ShortageStatus.WITHDRAWN: (),
    },
)
OPTION_STATUS = lifecycle(
    "option",
    {
        OptionStatus.OFFERED: (OptionStatus.CHOSEN, OptionStatus.LAPSED),
        OptionStatus.CHOSEN: (),
        OptionStatus.LAPSED: (),
    },
)
