"""Which pairs of a stock are worth comparing: those that agree in an identifier or in one of the profile's keys.

Without this a stock of 100,000 would need five thousand million comparisons. A key that too many share tells nothing
(a switchboard's number, an address of thousands): its block is left out, and other keys have to find its pairs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

from masterdata.quality.profile import KeyPart, Profile
from masterdata.quality.score import Prepared

BLOCK_MAX = 100
"""Larger blocks are left out; 100 records make 4,950 pairs."""

Key = tuple[int, tuple[str, ...]]


def keys_of(profile: Profile, record: Prepared) -> Iterator[Key]:
    """The keys of a record: which rule, and its values. None where a value is missing."""
    for number, value in enumerate(record.identifiers):
        if value:
            yield -1 - number, (value,)
    values = {how.field: value for how, value in zip(profile.comparisons, record.values, strict=True)}
    for number, key in enumerate(profile.keys):
        for made in product(*(_parts(part, values[part.field]) for part in key)):
            yield number, made


def _parts(part: KeyPart, value: str) -> Iterable[str]:
    told = dict.fromkeys(value.split()) if part.is_each_word else [value]
    return dict.fromkeys(one[: part.letters] for one in told if len(one) >= (part.letters or 1))


def candidate_pairs(
    profile: Profile, records: Sequence[Prepared], *, block_max: int = BLOCK_MAX
) -> set[tuple[int, int]]:
    """The pairs that are worth comparing, by the places of the records, the lower first."""
    blocks: Mapping[Key, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for key in dict.fromkeys(keys_of(profile, record)):
            blocks[key].append(place)
    return {pair for block in blocks.values() if len(block) <= block_max for pair in combinations(block, 2)}
