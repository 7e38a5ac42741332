"""Valid documents, each different from all others: random selections with aliases and literals, from the registry."""

from collections.abc import Iterator
from random import Random

from strawberry.utils.str_converters import to_camel_case

from api.reads.registry import CompositeField, ManyField, ObjectType, OneField
from api.schema import LISTS, REGISTRY

DEPTH_MAX = 3
FIELDS_MAX = 5
ALIASED = 0.3
ROWS_MAX = 20
NESTED_ROWS_MAX = 5


def documents(seed: int) -> Iterator[str]:
    """Queries without end, the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - nothing is secret here
    roots = sorted(LISTS.items())
    number = 0
    while True:
        name, (type_name, _) = chance.choice(roots)
        rows = chance.randint(1, ROWS_MAX)
        selected = _object(REGISTRY[type_name], chance, DEPTH_MAX)
        yield f"query Q{seed}x{number} {{ {to_camel_case(name)}(first: {rows}) {{ nodes {{ {selected} }} }} }}"
        number += 1


def _object(of: ObjectType, chance: Random, depth: int) -> str:
    names = [name for name in of.fields if depth > 1 or not isinstance(of.fields[name], OneField | ManyField)]
    chosen = chance.sample(names, min(len(names), chance.randint(1, FIELDS_MAX)))
    return " ".join(_alias(chance) + name + _inner(of, name, chance, depth) for name in chosen)


def _alias(chance: Random) -> str:
    return f"a{chance.randrange(10**9)}: " if chance.random() < ALIASED else ""


def _inner(of: ObjectType, name: str, chance: Random, depth: int) -> str:
    match of.fields[name]:
        case CompositeField(parts=parts):
            return f" {{ {chance.choice(list(parts))} }}"
        case OneField(target=target):
            return f" {{ {_object(target, chance, depth - 1)} }}"
        case ManyField(target=target):
            rows = chance.randint(1, NESTED_ROWS_MAX)
            return f"(first: {rows}) {{ nodes {{ {_object(target, chance, depth - 1)} }} }}"
        case _:
            return ""
