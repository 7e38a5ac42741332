"""Statements as a person reads them.

A line for each clause, and for each term of a long one; an indented block for each statement inside.
"""

import re
from collections.abc import Iterator

_CLAUSE = re.compile(r" (?=(?:FROM|WHERE|ORDER BY|LIMIT|UNION ALL|JOIN|FILTER)\b)")
_TERM = re.compile(r" (?=\|\| |AND )|(?<=,) (?=\w+_\d+\.\w+ AS)")
_LENGTH_MAX = 120
_INDENT = "  "


def readable(statement: str) -> str:
    """The statement with line breaks; nothing else is changed, so equal statements look equal."""
    return "\n".join(_lines(" ".join(statement.split()), 0)) + "\n"


def _lines(text: str, depth: int) -> Iterator[str]:
    """Breaks a text before its clauses, and around the statements in its brackets."""
    start = 0
    for match in re.finditer(r"\((?=SELECT\b)", text):
        if match.start() < start:
            continue
        end = _closing(text, match.start())
        yield from _clauses(text[start : match.end()], depth)
        yield from _lines(text[match.end() : end], depth + 1)
        start = end
    yield from _clauses(text[start:], depth)


def _clauses(text: str, depth: int) -> Iterator[str]:
    for clause in _CLAUSE.split(text.strip()):
        first, *rest = _TERM.split(clause) if len(clause) > _LENGTH_MAX else [clause]
        yield _INDENT * depth + first.strip()
        yield from (_INDENT * (depth + 2) + term.strip() for term in rest)


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens here closes."""
    depth = 0
    for position in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
    raise ValueError("a bracket does not close")
