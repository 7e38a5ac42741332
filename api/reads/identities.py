"""Public ids of an argument, by the type that is read for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from api.ids import PublicId
from api.reads.registry import Registry


def readable_type(registry: Registry, identity: PublicId) -> str:
    """The name of the type that is read for an id; empty for an id that nothing can have."""
    of = registry.types.get(identity.type)
    fits = of is not None and (identity.entity_id is not None) == of.node.entity_owned
    return identity.type if fits else ""


@dataclass(frozen=True)
class IdsByType:
    """Sorts what `identities` makes of an argument. It outlives the request, so it holds nothing of it."""

    registry: Registry
    identities: Callable[[Any], Sequence[PublicId]]

    def types(self, given: Any) -> tuple[str, ...]:
        """The types that are read."""
        return tuple(sorted({readable_type(self.registry, each) for each in self.identities(given)} - {""}))

    def places(self, name: str, given: Any) -> list[int]:
        """The places of the ids of one type; of those that nothing can have, under the empty name."""
        types = (readable_type(self.registry, each) for each in self.identities(given))
        return [place for place, each in enumerate(types) if each == name]

    def of_type(self, name: str, given: Any) -> list[PublicId]:
        """The ids of one type."""
        return [each for each in self.identities(given) if readable_type(self.registry, each) == name]
