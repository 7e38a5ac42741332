"""What became of a command, as values that can be stored and read again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from kernel.refusal import Refused

R = TypeVar("R")


@dataclass(frozen=True)
class Ref:
    """An object that an operation made or changed, with the version that it left."""

    type: str
    id: UUID
    entity_id: UUID | None = None
    version: int | None = None


@dataclass(frozen=True)
class Notice:
    """Something that the caller should know although the operation was done."""

    code: str
    message: str


@dataclass(frozen=True)
class Done:
    """What a use case did: its objects by the name of their payload field, and its warnings."""

    objects: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()

    def stored(self) -> dict[str, Any]:
        """The result as JSON: references, not contents, so that a repeat reads the objects with its own rights."""
        return {
            "objects": {name: [{**vars(ref)} for ref in refs] for name, refs in self.objects.items()},
            "warnings": [{**vars(notice)} for notice in self.warnings],
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Done":
        """The inverse of `stored`."""
        return cls(
            objects={name: tuple(_ref(each) for each in refs) for name, refs in stored["objects"].items()},
            warnings=tuple(Notice(**notice) for notice in stored["warnings"]),
        )


def _ref(stored: Mapping[str, Any]) -> Ref:
    entity_id = stored["entity_id"]
    return Ref(stored["type"], UUID(stored["id"]), UUID(entity_id) if entity_id else None, stored["version"])


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """Done (perhaps long ago: `replayed`; perhaps only tried: `dry_run`) or refused, and what `read` made of it."""

    done: Done | None = None
    refused: tuple[Refused, ...] = ()
    replayed: bool = False
    dry_run: bool = False
    payload: R | None = None
