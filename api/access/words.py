"""The words of the access policy as enums of the API: resources, actions on them and on their fields, fields."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import strawberry

from api.values.enums import descriptions_of, graphql_enum
from authz.vocabulary import RESTRICTABLE, Action, FieldAction, Resource


def _enum(name: str, described: Mapping[str, str], description: str) -> type[StrEnum]:
    """An enum of these words, each with what it means."""
    kind = StrEnum(name, {word.upper(): word for word in described})  # type: ignore[misc]
    strawberry.enum(kind, description=description)
    for value in kind.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = described[value.value]
    return kind


def _actions() -> dict[str, str]:
    return {each.value: descriptions_of(kind)[each.name] for kind in (Action, FieldAction) for each in kind}


def _fields() -> dict[str, str]:
    names = sorted(frozenset[str]().union(*RESTRICTABLE.values()))
    return {
        name: f"Of {', '.join(sorted(each for each in RESTRICTABLE if name in RESTRICTABLE[each]))}." for name in names
    }


if TYPE_CHECKING:
    AccessResource: TypeAlias = Resource
    AccessAction: TypeAlias = StrEnum
    AccessField: TypeAlias = StrEnum
else:
    AccessResource = graphql_enum(Resource, name="AccessResource")
    AccessAction = _enum(
        "AccessAction", _actions(), "What is done to an object, or, from SEE on, with one of its fields."
    )
    AccessField = _enum("AccessField", _fields(), "A field that rules of the access policy may name.")


def action_of(word: StrEnum) -> Action | FieldAction:
    """The action that a word means."""
    return Action(word) if word in set(Action) else FieldAction(word)
