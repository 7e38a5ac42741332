"""What somebody must not be told: every mark, id, text and number that stands only in rows that they do not see."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from api.values.ids import MalformedId, decode_bytes, decode_id
from tests.leaks.marks import Mark
from tests.oracle.house import House, Sees
from tests.oracle.plain import shown
from tests.oracle.rights import Rights
from tests.oracle.rows import Row

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"[A-Z]{2}-\d{6}|\d+\.\d{2,}|\d{4}-\d\d-\d\dT[\d:.]+Z?")
"""Document numbers, amounts and instants within a text."""
_DIGITS_MIN = 3
_PEOPLE = frozenset(
    {
        "actor", "decided_by", "decided_by_person", "decided_for", "on_behalf_of", "submitted_by",
        "submitted_by_person", "submitted_for",
    }
)  # fmt: skip
"""Columns that say who did something: whoever works somewhere is known there."""


@dataclass(frozen=True)
class Secrets:
    """What one persona must not be told."""

    marks: frozenset[Mark]
    words: frozenset[str]

    @classmethod
    def of(cls, house: House, sees: Sees, marks: frozenset[Mark], rights: Rights) -> "Secrets":
        """Whatever is in rows that are not seen, or in fields of them that are masked, and in none that is seen."""
        open_words: set[str] = set()
        closed: set[str] = set()
        for node in house.nodes:
            for row in house.rows[node.name]:
                hidden = _masked_in(node, row, rights) if sees(node, row) else row.keys()
                closed.update(_words_of(node, {name: row[name] for name in hidden}, is_open=False))
                seen = {name: value for name, value in row.items() if name not in hidden}
                open_words.update(_words_of(node, seen, is_open=True))
        return cls(frozenset(Mark) - marks, frozenset(closed - open_words))

    def told_in(self, content: bytes) -> set[str]:
        """What an answer tells of it."""
        text = content.decode().lower()
        marks = {str(mark) for mark in self.marks if mark in text}
        words = {word for leaf in _leaves(orjson.loads(content)) for word in _words_in(leaf)}
        return marks | (words & self.words)


def _masked_in(node: Node, row: Row, rights: Rights) -> set[str]:
    """The columns of a row whose values are masked. A currency is none: it tells no price."""
    names = [name for name in node.columns if not rights.shows(node, to_camel_case(name), row)]
    hidden = (each for name, each in node.composites.items() if not rights.shows(node, to_camel_case(name), row))
    return {*names, *(column for each in hidden for column in each.columns.values() if "currency" not in column)}


def _words_of(node: Node, row: Row, *, is_open: bool) -> Iterator[str]:
    if "id" in row:
        yield str(row["id"])
    for column, value in row.items():
        if column in _PEOPLE:
            continue
        if isinstance(value, Mapping):
            yield from (word for leaf in _leaves(value) for word in _words_in(leaf) if is_open)
        elif isinstance(value, Decimal | datetime) or (isinstance(value, str) and column not in node.enums):
            yield from _words_in(str(shown(value, enum=False)))


def _words_in(leaf: str) -> Iterator[str]:
    """The ids, numbers, instants and marked texts in a text; of public ids and cursors what they are made of."""
    for text in (leaf, _decoded(leaf)):
        yield from _UUID.findall(text)
        yield from filter(_is_telling, _WORD.findall(text))
    if any(mark in leaf for mark in Mark):
        yield leaf


def _is_telling(word: str) -> bool:
    """Whether a number is nobody else's by chance: it has three digits at least."""
    return len(word.replace(".", "").strip("0")) >= _DIGITS_MIN


def _decoded(leaf: str) -> str:
    try:
        known = decode_id(leaf)
        return f"{known.id}"
    except MalformedId:
        pass
    try:
        return decode_bytes(leaf).decode()
    except (ValueError, UnicodeDecodeError):
        return ""


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            yield from (leaf for each in value.values() for leaf in _leaves(each))
        case list():
            yield from (leaf for each in value for leaf in _leaves(each))
        case None | bool():
            return
        case _:
            yield str(value)
