"""From GraphQL inputs to commands: public ids become keys, and everything that is wrong is told at once, with its path.

An id of an object that a legal entity owns must be of the command's entity (its `entity_id`); one of another entity is
answered as if the object did not exist. A command about a document takes the entity from the document's id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from api.values.ids import MalformedId, PublicId, decode_id
from api.writes.inputs import InputField, input_fields
from kernel.commands import ANYTHING
from kernel.refusal import Refusal, Refused, invalid, not_found

Path = tuple[str | int, ...]
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHOWN_MAX = 80


Given = Mapping[str, Any]
"""An input object as GraphQL coerced it, by the names of its fields: without those left out that have no default."""


def to_command(command: type, given: Given) -> Any:
    """The command that a GraphQL input stands for. Raises a Refusal with every reason."""
    conversion = _Conversion()
    converted = conversion.part(command, given, (), None)
    if conversion.refused:
        raise Refusal(*conversion.refused)
    return converted


def noun_of(type_name: str) -> str:
    """The words of a type's name, as messages have them: SalesOrder is a sales order."""
    return _WORD_START.sub(" ", type_name).capitalize()


@dataclass
class _Conversion:
    """One input on its way to a command, with the reasons that were found against it."""

    refused: list[Refused] = field(default_factory=list)

    def part(self, kind: type, given: Given, path: Path, scope: UUID | None) -> Any:
        """A dataclass from an input object. `scope` is the legal entity of the part around it."""
        own_scope = _scope(_entity_field(kind), given) or scope
        refused_before = len(self.refused)
        values = {}
        for each in input_fields(kind):
            if each.entity_of:
                values[each.name] = _entity_of(given, each.entity_of)
            elif each.key in given:
                values[each.name] = self._value(each, given[each.key], (*path, each.name), own_scope)
        return self._made(kind, values, path) if len(self.refused) == refused_before else None

    def _made(self, kind: type, values: Mapping[str, Any], path: Path) -> Any:
        """The dataclass, which may itself refuse what does not fit together."""
        try:
            return kind(**values)
        except Refusal as refusal:
            self.refused += [Refused(why.code, why.message, path + why.path, why.data) for why in refusal.reasons]
            return None

    def _value(self, of: InputField, value: Any, path: Path, scope: UUID | None) -> Any:
        if value is None:
            return None
        if of.is_list:
            return tuple(self._one(of, each, (*path, index), scope) for index, each in enumerate(value))
        return self._one(of, value, path, scope)

    def _one(self, of: InputField, value: Any, path: Path, scope: UUID | None) -> Any:
        if of.refers_to:
            return self._key(of, of.refers_to, value, path, scope)
        if isinstance(value, str) and not value.isprintable():
            # Two texts that look the same would be two keys, numbers or names.
            self.refused.append(invalid("The text contains characters that cannot be seen.", *path))
            return None
        if of.kind is Mapping:
            return self._values(value, path)
        return self.part(of.kind, value, path, scope) if is_dataclass(of.kind) else value

    def _values(self, value: Any, path: Path) -> Any:
        """Values by name, in which a reference to an object by its public id becomes one by its key."""
        if not isinstance(value, dict):
            self.refused.append(invalid("The values are no JSON object.", *path))
            return None
        return {name: _with_keys(each) for name, each in value.items()}

    def _key(self, of: InputField, type_name: str, text: str, path: Path, scope: UUID | None) -> UUID | None:
        decoded = _decoded(text)
        if decoded is None:
            self.refused.append(invalid(f"{text[:_SHOWN_MAX]!r} is not an id.", *path))
            return None
        if type_name not in (decoded.type, ANYTHING) or _is_foreign(of, decoded, scope):
            self.refused.append(not_found(noun_of(type_name), *path))
            return None
        return decoded.id


def _with_keys(value: Any) -> Any:
    """A proposed value; an id that is none stays, and is refused in the words of its field."""
    if isinstance(value, list):
        return [_with_keys(each) for each in value]
    if not isinstance(value, dict):
        return value
    decoded = _decoded(value.get("id")) if value.keys() <= {"id", "noun"} else None
    if decoded is not None:
        return {**value, "id": str(decoded.id)}
    return {name: _with_keys(each) for name, each in value.items()}


def _is_foreign(of: InputField, decoded: PublicId, scope: UUID | None) -> bool:
    """Whether the object is of another legal entity; the document that says which entity is meant must have one."""
    if of.carries_entity:
        return decoded.entity_id is None
    return scope is not None and decoded.entity_id not in (None, scope)


@lru_cache(maxsize=1024)
def _entity_field(kind: type) -> InputField | None:
    """The field of an input object that says of which legal entity it speaks; most parts of a command have none."""
    return next((each for each in input_fields(kind) if each.name == "entity_id"), None)


def _scope(entity: InputField | None, given: Given) -> UUID | None:
    """The legal entity that an input object names, by itself or by its document."""
    if entity is None:
        return None
    named = _decoded(given.get(entity.key)) if entity.entity_of is None else None
    return named.id if named else _entity_of(given, entity.entity_of)


def _entity_of(given: Given, document: str | None) -> UUID | None:
    decoded = _decoded(given.get(to_camel_case(document))) if document else None
    return decoded.entity_id if decoded else None


def _decoded(text: object) -> PublicId | None:
    try:
        return decode_id(text) if isinstance(text, str) else None
    except MalformedId:
        return None
