"""How likely two records mean the same thing, field by field, so that a steward can see why.

Identifiers come first. An equal one decides, whatever the names say; where another contradicts it somebody has to look.
Contradicting ones alone weigh against. Then the likeness of each field adds its weight (`masterdata.quality.profile`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from masterdata.quality.profile import Comparison, Identifier, Profile


class Verdict(StrEnum):
    """What follows from a score."""

    DIFFERENT = "different"
    REVIEW = "review"
    CERTAIN = "certain"


@dataclass(frozen=True)
class FieldScore:
    """What one field adds, and why. Values are as they were compared; empty where there is none."""

    field: str
    left: str
    right: str
    similarity: float | None
    """None where a value is missing."""
    weight: float
    """What full agreement would add."""
    contribution: float


@dataclass(frozen=True)
class Score:
    """The sum, what follows from it, and its parts."""

    total: float
    verdict: Verdict
    fields: tuple[FieldScore, ...]


@dataclass(frozen=True)
class Prepared:
    """A record with what is compared of it, made once for many comparisons."""

    identifiers: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Ranked:
    """A candidate with its score."""

    candidate: Mapping[str, Any]
    score: Score


def prepare(profile: Profile, record: Mapping[str, Any]) -> Prepared:
    """What is compared of a record."""
    return Prepared(
        identifiers=tuple(identifier.value(record) for identifier in profile.identifiers),
        values=tuple(comparison.value(record) for comparison in profile.comparisons),
    )


def score_pair(profile: Profile, a: Mapping[str, Any], b: Mapping[str, Any]) -> Score:
    """How alike two records are."""
    return score_prepared(profile, prepare(profile, a), prepare(profile, b))


def score_prepared(profile: Profile, a: Prepared, b: Prepared) -> Score:
    """How alike two prepared records are."""
    told = zip(profile.identifiers, a.identifiers, b.identifiers, strict=True)
    identified = tuple(_identified(how, left, right) for how, left, right in told)
    compared = zip(profile.comparisons, a.values, b.values, strict=True)
    alike = tuple(_compared(how, left, right) for how, left, right in compared)
    total = round(sum(field.contribution for field in (*identified, *alike)), 2)
    return Score(total, _verdict(profile, total, identified), (*identified, *alike))


def _identified(how: Identifier, left: str, right: str) -> FieldScore:
    if not left or not right:
        return FieldScore(how.field, left, right, None, how.equal, 0.0)
    is_equal = left == right
    return FieldScore(how.field, left, right, float(is_equal), how.equal, how.equal if is_equal else how.differ)


def _compared(how: Comparison, left: str, right: str) -> FieldScore:
    most = how.levels[0].weight
    if not left or not right:
        return FieldScore(how.field, left, right, None, most, 0.0)
    likeness = how.likeness(left, right)
    return FieldScore(how.field, left, right, likeness, most, how.weight(likeness))


def _verdict(profile: Profile, total: float, identified: Iterable[FieldScore]) -> Verdict:
    told = {field.similarity for field in identified}
    if 1.0 in told:
        return Verdict.REVIEW if 0.0 in told else Verdict.CERTAIN
    if total >= profile.certain and 0.0 not in told:
        return Verdict.CERTAIN
    return Verdict.REVIEW if total >= profile.review else Verdict.DIFFERENT


def rank(profile: Profile, subject: Mapping[str, Any], candidates: Iterable[Mapping[str, Any]]) -> list[Ranked]:
    """The candidates that are worth a look, the most likely first; equal ones stay in their order."""
    asked = prepare(profile, subject)
    scored = [
        Ranked(candidate, score_prepared(profile, asked, prepare(profile, candidate))) for candidate in candidates
    ]
    found = [ranked for ranked in scored if ranked.score.verdict is not Verdict.DIFFERENT]
    return sorted(found, key=lambda ranked: (ranked.score.verdict is not Verdict.CERTAIN, -ranked.score.total))
