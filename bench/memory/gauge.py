"""Gauges of the server's memory, read inside it: what the process holds, and how much each cache does.

Caches are found, not listed: every `lru_cache`, asyncpg's prepared statements, and every container of ours that has
grown since the first reading. What nobody thought of shows up too.
"""

import gc
import os
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from typing import Any

from asyncpg.connection import _StatementCache  # type: ignore[attr-defined]

from bench.processes import resident_megabytes

_CONTAINERS = (dict, OrderedDict, list, set, deque)
_NOTED = 50
"""A container that has grown by fewer elements is noise."""


@dataclass(frozen=True)
class Reading:
    """One look."""

    resident_megabytes: float
    caches: Mapping[str, str]
    """Each `lru_cache` in use: how full it is, of how much."""
    prepared: tuple[int, ...]
    """The prepared statements of each connection to PostgreSQL."""
    grown: Mapping[str, int]
    """Containers that have grown, and how many elements they have now."""


_first: dict[int, int] = {}


def read_gauges() -> Reading:
    """Looks; to be run in the server."""
    gc.collect()
    resident = resident_megabytes(os.getpid())
    objects = gc.get_objects()
    sizes = {id(each): len(each) for each in objects if isinstance(each, _CONTAINERS)}
    if not _first:
        _first.update(sizes)
    grown = [
        each
        for each in objects
        if type(each) in _CONTAINERS and sizes[id(each)] > _first.get(id(each), 0) + _NOTED and each is not sizes
    ]
    del objects
    return Reading(
        resident_megabytes=resident,
        caches=dict(sorted(_lru_caches())),
        prepared=tuple(len(each) for each in _instances(_StatementCache)),
        grown={_owner(each, grown): len(each) for each in grown},
    )


def _lru_caches() -> Iterator[tuple[str, str]]:
    for cache in _instances(_lru_cache_wrapper):
        facts = cache.cache_info()
        if facts.currsize > _NOTED:
            yield f"{cache.__module__}.{cache.__qualname__}", f"{facts.currsize} of {facts.maxsize}"


def _instances(kind: type) -> Iterator[Any]:
    return (each for each in gc.get_objects() if type(each) is kind)


def _owner(container: Any, ignored: object) -> str:
    """The attribute that holds a container, as far as it can be said."""
    for holder in gc.get_referrers(container):
        if holder is ignored:
            continue
        attributes = holder if isinstance(holder, dict) else getattr(holder, "__dict__", {})
        for name, value in list(attributes.items()):
            if value is container:
                return f"{_kind(holder)}.{name}"
    return f"{type(container).__name__} in {', '.join(type(each).__name__ for each in gc.get_referrers(container)[:3])}"


def _kind(holder: Any) -> str:
    if isinstance(holder, dict):
        owners = [each for each in gc.get_referrers(holder) if getattr(each, "__dict__", None) is holder]
        return _kind(owners[0]) if owners else str(holder.get("__name__", "dict"))
    return f"{type(holder).__module__}.{type(holder).__qualname__}"
