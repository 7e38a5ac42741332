"""Whether two answers are one: the same keys in the same order, the same values, and errors at the same places.

The plain side has no cursors, but places: the first time that a cursor is seen it is taken for that of the place, and
it must stand for the same place from then on.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.oracle.ordering import Cursors, Place


def difference(compiled: Any, plain: Any, cursors: Cursors) -> str | None:
    """The first place at which two answers differ, in words."""
    return next(_differences("data", compiled, plain, cursors), None)


def _differences(path: str, compiled: Any, plain: Any, cursors: Cursors) -> Iterator[str]:
    match plain:
        case Place():
            if not isinstance(compiled, str) or not cursors.learn(compiled, plain):
                yield f"{path}: {compiled!r} is not the cursor of {plain}"
        case dict() if isinstance(compiled, dict):
            if list(compiled) != list(plain):
                yield f"{path}: the keys are {list(compiled)}, not {list(plain)}"
            else:
                for key, value in plain.items():
                    yield from _differences(f"{path}.{key}", compiled[key], value, cursors)
        case list() if isinstance(compiled, list):
            yield from _in_lists(path, compiled, plain, cursors)
        case _:
            if type(compiled) is not type(plain) or compiled != plain:
                yield f"{path}: {compiled!r} is not {plain!r}"


def _in_lists(path: str, compiled: Sequence[Any], plain: Sequence[Any], cursors: Cursors) -> Iterator[str]:
    for index, (one, other) in enumerate(zip(compiled, plain, strict=False)):
        yield from _differences(f"{path}[{index}]", one, other, cursors)
    if len(compiled) != len(plain):
        yield f"{path}: there are {len(compiled)}, not {len(plain)}"
