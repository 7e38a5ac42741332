"""Sets of (item, site) as parameters."""

from collections.abc import Iterable

from sqlalchemy import Uuid

from domain.inventory.rules import StockKey
from kernel.db import GivenRows

WANTED_KEYS = GivenRows("wanted", item_id=Uuid(), site_id=Uuid())


def key_parameters(keys: Iterable[StockKey]) -> dict[str, str]:
    """The parameters of `WANTED_KEYS`: each key once, in key order."""
    return WANTED_KEYS.parameters(sorted(set(keys)))
