"""GraphQL inputs from commands: the frozen dataclass of the domain is the only declaration.

An input field has the name (in camel case), the description and the optionality of the command's field. An identifier
becomes `ID`: a public id of the type that the field refers to. A field that takes its entity from a document's id
(`entity_of`) is no input at all.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.values.enums import graphql_enum
from api.values.scalars import JSON


@dataclass(frozen=True)
class InputField:
    """One field of a command, analysed: `kind` is its type without the optional and the list around it."""

    name: str
    key: str
    """Its name in the GraphQL input."""
    description: str
    kind: type
    is_optional: bool
    is_list: bool
    default: Any
    refers_to: str | None
    entity_of: str | None
    carries_entity: bool
    """Whether another field takes its legal entity from the object that this one refers to."""


@lru_cache(maxsize=1024)
def input_fields(command: type) -> tuple[InputField, ...]:
    """The fields of a command, or of a part of one. One without a description or with an unusable type is an error."""
    hints = get_type_hints(command)
    carriers = {field.metadata.get("entity_of") for field in fields(command)}
    return tuple(_analysed(command, field, hints[field.name], carriers) for field in fields(command))


def _analysed(command: type, field: Field[Any], hint: Any, carriers: set[str | None]) -> InputField:
    place = f"{command.__name__}.{field.name}"
    description = field.metadata.get("description")
    assert description, f"{place} has no description"
    is_optional, inner = _without_none(hint)
    is_list = get_origin(inner) is tuple
    kind = _kind(get_args(inner)[0] if is_list else inner)
    analysed = InputField(
        name=field.name,
        key=to_camel_case(field.name),
        description=description,
        kind=kind,
        is_optional=is_optional,
        is_list=is_list,
        default=field.default,
        refers_to=field.metadata.get("refers_to"),
        entity_of=field.metadata.get("entity_of"),
        carries_entity=field.name in carriers,
    )
    _check(analysed, place)
    return analysed


def _kind(inner: Any) -> Any:
    """Values by name, which nobody declared, are JSON."""
    return Mapping if get_origin(inner) is Mapping else inner


def _check(field: InputField, place: str) -> None:
    assert isinstance(field.kind, type), f"{place} has a type that no input can have"
    if field.kind is UUID and field.entity_of is None:
        assert field.refers_to, f"{place} does not say what it refers to"
    assert field.default is not None or field.is_optional, f"{place} is None by default, but its type is not optional"


def _without_none(hint: Any) -> tuple[bool, Any]:
    if get_origin(hint) not in (Union, UnionType):
        return False, hint
    (inner,) = (each for each in get_args(hint) if each is not NoneType)
    return True, inner


def input_type(command: type, name: str, extra: dict[str, tuple[Any, Any]]) -> type:
    """The GraphQL input of a command. `extra` adds fields: name to annotation and strawberry field."""
    members = {
        field.name: (_annotation(field), _field(field)) for field in input_fields(command) if not field.entity_of
    }
    assert not members.keys() & extra.keys(), f"{command.__name__} has a field that every input has"
    return declared_class(name, {**members, **extra}, strawberry.input, _own_docstring(command))


def _own_docstring(command: type) -> str | None:
    """A dataclass without a docstring gets its signature for one."""
    text = inspect.getdoc(command)
    return None if text and text.startswith(f"{command.__name__}(") else text


def declared_class(
    name: str, members: dict[str, tuple[Any, Any]], declare: Callable[..., type], description: str | None
) -> type:
    """A strawberry class made from data: member name to annotation and strawberry field.

    A field that brings its own type has no annotation (None); a value that no client sees has no field (None).
    """
    assert description, f"{name} has no description"
    namespace: dict[str, Any] = {member: field for member, (_, field) in members.items() if field is not None}
    namespace["__annotations__"] = {
        member: annotation for member, (annotation, _) in members.items() if annotation is not None
    }
    return declare(type(name, (), namespace), name=name, description=description)


@lru_cache(maxsize=1024)
def _part_type(part: type) -> type:
    """The input of a dataclass inside a command; one for all commands that use it."""
    return input_type(part, f"{part.__name__}Input", {})


def _annotation(field: InputField) -> Any:
    kind: Any = _graphql_kind(field)
    kind = list[kind] if field.is_list else kind
    return kind | None if field.is_optional else kind


def _graphql_kind(field: InputField) -> Any:
    if field.refers_to:
        return strawberry.ID
    if field.kind is Mapping:
        return JSON
    if is_dataclass(field.kind):
        return _part_type(field.kind)
    return graphql_enum(field.kind) if issubclass(field.kind, StrEnum) else field.kind


def _field(field: InputField) -> Any:
    if field.is_optional:
        # Unset, so that no default stands in the schema: left out, the command's own default holds.
        return strawberry.field(description=field.description, default=strawberry.UNSET)
    if field.default is MISSING:
        return strawberry.field(description=field.description)
    return strawberry.field(description=field.description, default=field.default)
