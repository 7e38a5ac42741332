"""Counting what a document asks for."""

from dataclasses import asdict
from time import process_time

import pytest
from graphql import DocumentNode, parse

from api.operations.extent import COUNTED_MAX, Extent, extent_of

NOTHING = {
    "operations": 0,
    "variables": 0,
    "aliases": 0,
    "directives": 0,
    "introspection_aliases": 0,
    "root_fields": 0,
    "mutations": 0,
    "fields": 0,
    "depth": 0,
    "fragment_depth": 0,
}


def counted(text: str, **expected: int) -> None:
    """Every count of a document; what is not expected is 0."""
    assert asdict(extent_of(parse(text))) == {**NOTHING, **expected}


def chain(length: int, spreads: int) -> DocumentNode:
    """Fragments that each spread the next one so many times."""
    links = [f"fragment F{n} on Item {{ {f'...F{n + 1} ' * spreads} }}" for n in range(length)]
    return parse(f"{{ items {{ nodes {{ ...F0 }} }} }} {' '.join(links)} fragment F{length} on Item {{ sku }}")


def test_a_plain_query() -> None:
    counted("{ viewer { subject } item(sku: 1) { sku } }", operations=1, root_fields=2, fields=4, depth=2)


def test_aliases_and_directives_count_wherever_they_stand() -> None:
    counted(
        "query q($v: Int @a) @b { x: item @c { y: sku } ... @d { ...F @e } } fragment F on Query @f { z: item }",
        operations=1,
        variables=1,
        aliases=3,
        directives=6,
        root_fields=2,
        fields=3,
        depth=2,
        fragment_depth=1,
    )


def test_the_largest_operation_counts() -> None:
    counted(
        "query a($v: Int, $w: Int) { item { entity { id } } } query b { x y z } mutation c { m n }",
        operations=3,
        variables=2,
        root_fields=3,
        mutations=2,
        fields=3,
        depth=3,
    )


def test_a_fragment_counts_wherever_it_is_spread() -> None:
    counted(
        "mutation { ...F ... { ...F } m { ...G } } fragment F on Mutation { a { id } b } fragment G on X { c { d } }",
        operations=1,
        root_fields=5,
        mutations=5,
        fields=9,
        depth=3,
        fragment_depth=1,
    )


def test_what_asks_about_the_schema_is_told_apart() -> None:
    counted(
        "{ a: __schema { b: types { ...T } } c: item { d: sku } } fragment T on __Type { e: name }",
        operations=1,
        aliases=5,
        introspection_aliases=3,
        root_fields=2,
        fields=5,
        depth=3,
        fragment_depth=1,
    )


def test_a_bomb_is_counted_without_going_off() -> None:
    began = process_time()
    extent = extent_of(chain(300, spreads=2))
    assert process_time() - began < 0.5
    assert (extent.fields, extent.fragment_depth) == (COUNTED_MAX, 301)


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Query { a ...A }",
        "{ ...A } fragment A on Query { a ...B } fragment B on Query { b ...A }",
        "{ ...Lost } ",
        "fragment A on Query { a } fragment A on Query { b }",
        "type Query { a: Int }",
    ],
)
def test_what_is_no_valid_document_is_counted_all_the_same(text: str) -> None:
    assert isinstance(extent_of(parse(text)), Extent)
