"""How records of one noun are compared: the fields, the measures, and what each degree of likeness is worth.

A profile is data (`profiles.yaml`). A weight is the logarithm to base 2 of m / u, where m is how often two records of
the same thing are so alike in the field, and u how often two others are, by chance: I. P. Fellegi and A. B. Sunter, A
Theory for Record Linkage, Journal of the American Statistical Association 64 (1969), 1183-1210. The weights add up
because the fields are taken as independent; a missing value says nothing, and adds nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from masterdata.quality import normalise, similarity
from masterdata.quality.rarity import Rarity, rarity_in

Normaliser = Callable[[str], str]
Measure = Callable[[Any, Any], float]

NORMALISERS: Mapping[str, Normaliser] = {
    "name": normalise.name,
    "street": normalise.street,
    "house_number": normalise.house_number,
    "postal_code": normalise.postal_code,
    "phone": normalise.phone,
    "identifier": normalise.identifier,
    "gtin": normalise.gtin,
}

TOKENS = "tokens"
"""The measure that asks how rare a word is."""

MEASURES: Mapping[str, Measure] = {
    "exact": similarity.exact,
    "trigram": similarity.trigram,
    "jaro_winkler": similarity.jaro_winkler,
    "edits": similarity.edits,
}


@dataclass(frozen=True)
class Level:
    """From this similarity on, the field is worth this weight."""

    similarity: float
    weight: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How one field is compared."""

    field: str
    column: str
    normaliser: str
    measure: str
    levels: tuple[Level, ...]
    """The most alike first; the last begins at 0."""
    rarity: Rarity | None = None
    """How rare the words are in the stock, where that is known."""

    def __post_init__(self) -> None:
        """A profile that makes no sense is refused when it is read."""
        assert self.normaliser in NORMALISERS, f"{self.field}: {self.normaliser} is no normaliser"
        assert self.measure in (TOKENS, *MEASURES), f"{self.field}: {self.measure} is no measure"
        for higher, lower in zip(self.levels, self.levels[1:], strict=False):
            assert higher.similarity > lower.similarity, f"{self.field}: the most alike level comes first"
            assert higher.weight >= lower.weight, f"{self.field}: what is more alike weighs more"
        assert self.levels[-1].similarity == 0, f"{self.field}: the last level begins at 0"
        assert self.levels[0].similarity <= 1, f"{self.field}: similarity ends at 1"

    def value(self, record: Mapping[str, Any]) -> str:
        """What is compared of a record; empty where there is nothing."""
        given = record.get(self.column)
        return "" if given is None else NORMALISERS[self.normaliser](str(given))

    def likeness(self, left: str, right: str) -> float:
        """How alike two values are that are both there."""
        if left == right:
            return 1.0
        if self.measure == TOKENS:
            return similarity.tokens(left, right, self.rarity.worth if self.rarity else len)
        return MEASURES[self.measure](left, right)

    def weight(self, likeness: float) -> float:
        """What so much likeness is worth."""
        return next(level.weight for level in self.levels if likeness >= level.similarity)


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A field whose equality decides: somebody has made sure that two things never share it."""

    field: str
    normaliser: str
    equal: float
    differ: float

    def value(self, record: Mapping[str, Any]) -> str:
        """The identifier in one form; empty where there is none."""
        given = record.get(self.field)
        return "" if given is None else NORMALISERS[self.normaliser](str(given))


@dataclass(frozen=True)
class KeyPart:
    """A field, or its first letters, or (where `is_each_word`) the first letters of any of its words."""

    field: str
    letters: int | None = None
    is_each_word: bool = False


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How records of one noun are compared."""

    noun: str
    review: float
    """From this total on, somebody should look."""
    certain: float
    """From this total on, it is the same thing."""
    identifiers: tuple[Identifier, ...]
    comparisons: tuple[Comparison, ...]
    keys: tuple[tuple[KeyPart, ...], ...]
    """Records are compared that agree in at least one key, or in an identifier."""

    def __post_init__(self) -> None:
        """A profile that makes no sense is refused when it is read."""
        known = {comparison.field for comparison in self.comparisons}
        assert self.review <= self.certain, f"{self.noun}: what is certain is worth a look"
        against = sum(how.levels[-1].weight for how in self.comparisons) + sum(how.differ for how in self.identifiers)
        for how in self.identifiers:
            assert how.differ <= 0, f"{self.noun}: a contradicting {how.field} weighs against"
            assert how.equal + against - how.differ >= self.review, f"{self.noun}: an equal {how.field} decides"
        for key in self.keys:
            assert {part.field for part in key} <= known, f"{self.noun}: a key of fields that are not compared"


def profile_from(noun: str, told: Mapping[str, Any]) -> Profile:
    """The profile as data tells it (the form of `profiles.yaml`)."""
    return Profile(
        noun=noun,
        review=told["review"],
        certain=told["certain"],
        identifiers=tuple(_identifier(field, how) for field, how in told["identifiers"].items()),
        comparisons=tuple(_comparison(field, how) for field, how in told["fields"].items()),
        keys=tuple(tuple(_part(part) for part in key) for key in told["keys"]),
    )


def _identifier(field: str, told: Mapping[str, Any]) -> Identifier:
    normaliser = told.get("as", "identifier")
    return Identifier(field=field, normaliser=normaliser, equal=told["equal"], differ=told["differ"])


def _comparison(field: str, told: Mapping[str, Any]) -> Comparison:
    return Comparison(
        field=field,
        column=told["column"],
        normaliser=told["as"],
        measure=told["by"],
        levels=tuple(Level(*level) for level in told["levels"]),
    )


def _part(told: str) -> KeyPart:
    """`phone` is all of it, `street:4` its first four letters, `name:5*` the first five of any of its words."""
    field, _, letters = told.partition(":")
    return KeyPart(field, int(letters.removesuffix("*")) if letters else None, letters.endswith("*"))


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles that the house starts with, by noun."""
    told = yaml.safe_load(files("masterdata.quality").joinpath("profiles.yaml").read_text("utf-8"))
    return {noun: profile_from(noun, how) for noun, how in told["nouns"].items()}


def fields_of(profile: Profile) -> Sequence[str]:
    """The columns that the profile reads of a record."""
    return tuple(
        dict.fromkeys(
            [
                *(identifier.field for identifier in profile.identifiers),
                *(comparison.column for comparison in profile.comparisons),
            ]
        )
    )


def in_stock(profile: Profile, records: Iterable[Mapping[str, Any]]) -> Profile:
    """The profile with the rarity that words have among these records."""
    stock = list(records)
    comparisons = tuple(
        replace(how, rarity=rarity_in(map(how.value, stock))) if how.measure == TOKENS else how
        for how in profile.comparisons
    )
    return replace(profile, comparisons=comparisons)
