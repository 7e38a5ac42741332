"""The status of an item."""

from kernel.lifecycle import lifecycle

ITEM_STATUS = lifecycle("item", active=("blocked", "retired"), blocked=("active", "retired"), retired=())
