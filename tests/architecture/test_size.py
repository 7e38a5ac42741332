"""Files and functions stay small enough to be read: a hard limit, and a ratchet that only ever tightens.

size.toml records the largest file and the longest function. Whoever makes one larger must make it smaller again;
whoever makes the largest smaller lowers the number.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import relative, source_files

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
_RECORDED = tomllib.loads(Path(__file__).with_name("size.toml").read_text())


def largest_file() -> tuple[int, str]:
    """The lines of the longest file, and which it is."""
    return max((len(file.read_text().splitlines()), relative(file)) for file in source_files())


def longest_function() -> tuple[int, str]:
    """The lines of the longest function, and which it is."""
    return max(functions())


def functions() -> Iterator[tuple[int, str]]:
    """The lines and the name of every function."""
    for file in source_files():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield node.end_lineno - node.lineno + 1, f"{relative(file)}::{node.name}"


def test_no_file_is_larger_than_the_largest_was() -> None:
    lines, name = largest_file()
    assert lines <= FILE_LINES_MAX, name
    assert lines <= _RECORDED["file_lines"], f"{name} is the largest file now: divide it"


def test_no_function_is_longer_than_the_longest_was() -> None:
    lines, name = longest_function()
    assert lines <= FUNCTION_LINES_MAX, name
    assert lines <= _RECORDED["function_lines"], f"{name} is the longest function now: divide it"
