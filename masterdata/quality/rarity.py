"""How rare words are in a stock: two names that share `learning` share little, two that share `kowalski` much."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2


@dataclass(frozen=True, eq=False)
class Rarity:
    """In how many of the records each word stands."""

    records: int
    counts: Mapping[str, int]

    def worth(self, word: str) -> float:
        """What it tells in bits: log2 of how many records there are for each that has it; unknown words stand once."""
        return log2(1 + self.records / max(self.counts.get(word, 1), 1))


def rarity_in(values: Iterable[str]) -> Rarity:
    """The words of these values."""
    told = [set(value.split()) for value in values]
    return Rarity(max(len(told), 1), Counter(word for words in told for word in words))
