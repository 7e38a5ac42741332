"""A cache whose entries together never exceed a size: the least recently used go first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """Keeps entries, each with the size that its owner says, up to `size_max` in all."""

    def __init__(self, *, size_max: int) -> None:
        self.size_max = size_max
        self.size = 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: K) -> V | None:
        """The entry, if it is kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: K, value: V, *, size: int) -> None:
        """Keeps an entry, in place of an older one with its key, and lets go of those that no longer fit beside it."""
        self._forget(key)
        if size > self.size_max:
            return
        self._kept[key] = value, size
        self.size += size
        while self.size > self.size_max:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: K) -> None:
        _, size = self._kept.pop(key, (None, 0))
        self.size -= size
