"""Gauges of the server's memory, read inside it: what the process holds, and how much each cache does.

Caches are found, not listed: every `Bounded`, every `lru_cache`, asyncpg's prepared statements, and any container that
has grown since the first reading. So what nobody thought of shows up too.
"""

import gc
import os
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from typing import Any

from asyncpg.connection import _StatementCache  # type: ignore[attr-defined]

from api.bounded import Bounded
from bench.processes import resident_megabytes

_CONTAINERS = frozenset({dict, OrderedDict, list, set, deque})
_NOTED = 50
"""A container that has grown by fewer elements is noise."""


@dataclass(frozen=True)
class Fill:
    """How full a cache is."""

    size: int
    size_max: int | None
    entries: int


@dataclass(frozen=True)
class Reading:
    """One look."""

    resident_megabytes: float
    caches: Mapping[str, Fill]
    prepared: tuple[int, ...]
    """The prepared statements of each connection to PostgreSQL."""
    grown: Mapping[str, int]
    """Other containers that have grown, and how many elements they have now."""


_first: dict[int, int] = {}


def read_gauges() -> Reading:
    """Looks; to be run in the server."""
    gc.collect()
    resident = resident_megabytes(os.getpid())
    grown = _grown()
    return Reading(
        resident_megabytes=resident,
        caches={**dict(_bounded_caches()), **dict(sorted(_lru_caches()))},
        prepared=tuple(len(each) for each in _instances(_StatementCache)),
        grown={_holder(each): len(each) for each in grown},
    )


def tighten_caches(divisor: int) -> None:
    """Leaves every `Bounded` only so much of its size, so that fewer documents fill it; to be run in the server."""
    for cache in _instances(Bounded):
        cache.size_max //= divisor


def _bounded_caches() -> Iterator[tuple[str, Fill]]:
    for cache in _instances(Bounded):
        yield _holder(cache), Fill(cache.size, cache.size_max, len(cache))


def _lru_caches() -> Iterator[tuple[str, Fill]]:
    for cache in _instances(_lru_cache_wrapper):
        facts = cache.cache_info()
        if facts.currsize > _NOTED and not cache.__module__.startswith("typing"):
            yield f"{cache.__module__}.{cache.__qualname__}", Fill(facts.currsize, facts.maxsize, facts.currsize)


def _grown() -> list[Any]:
    containers = [each for each in gc.get_objects() if type(each) in _CONTAINERS]
    if not _first:
        _first.update((id(each), len(each)) for each in containers)
    return [each for each in containers if len(each) > _first.get(id(each), 0) + _NOTED and each is not _first]


def _instances(kind: type) -> list[Any]:
    return [each for each in gc.get_objects() if type(each) is kind]


def _holder(held: Any) -> str:
    """The attribute that holds something, as far as it can be said."""
    holders = [each for each in gc.get_referrers(held) if type(each).__module__ != "builtins" or isinstance(each, dict)]
    for holder in holders:
        attributes = holder if isinstance(holder, dict) else getattr(holder, "__dict__", {})
        for name, value in list(attributes.items()):
            if value is held:
                return f"{_kind(holder)}.{name}"
    return f"{type(held).__name__} in {', '.join(sorted({type(each).__qualname__ for each in holders})) or 'a list'}"


def _kind(holder: Any) -> str:
    """The class whose attributes these are, or the module."""
    if not isinstance(holder, dict):
        return f"{type(holder).__module__}.{type(holder).__qualname__}"
    owners = [each for each in gc.get_referrers(holder) if getattr(each, "__dict__", None) is holder]
    return _kind(owners[0]) if owners else str(holder.get("__name__", "dict"))
