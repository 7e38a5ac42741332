"""Commands: frozen dataclasses that say what is asked for. The API derives its inputs from them.

Every field is declared by `argument`, whose metadata the API reads: the description, what type of object an identifier
refers to, and, for an entity that follows from a document, which field carries it.
"""

from dataclasses import MISSING, field
from typing import Any

ANYTHING = "*"
"""What a UUID refers to that may identify an object of any type."""


def argument(
    description: str, *, refers_to: str | None = None, entity_of: str | None = None, default: Any = MISSING
) -> Any:
    """A field of a command.

    refers_to: the public type that a UUID identifies (the API takes a global id and checks its type); ANYTHING for an
        object of whatever type.
    entity_of: the field whose object's entity this one takes; such a field is no input of its own.
    """
    metadata = {"description": description, "refers_to": refers_to, "entity_of": entity_of}
    return field(metadata=metadata, default=default, kw_only=True)
