"""Proposed changes of the demo: each object gets an id that follows from its noun and key, and never changes."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from masterdata.governance.submit import ProposedChange

_DEMO = UUID("6f1a3c52-94d7-5e0b-8c1e-3b7d2a905f11")


def demo_id(noun: str, key: str) -> UUID:
    """The id of an object of the demo."""
    return uuid5(_DEMO, f"{noun}/{key}")


def proposed(noun: str, key: str, **values: Any) -> ProposedChange:
    """A new object of the demo."""
    return ProposedChange(noun=noun, values=_texts(values), object_id=demo_id(noun, key))


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: format(value, "f") if isinstance(value, Decimal) else value for name, value in values.items()}
