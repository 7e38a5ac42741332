"""Statuses and the transitions between them, as data: a refused transition is loud.

A status is a `StrEnum` whose members are described, because the API shows them; its lifecycle says what may follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kernel.refusal import Code, Refusal, Refused


@dataclass(frozen=True)
class Lifecycle:
    """What a noun's status may become. The first status declared is the one that a new row has."""

    noun: str
    transitions: Mapping[str, frozenset[str]]

    @property
    def statuses(self) -> tuple[str, ...]:
        """All statuses, in the order of declaration."""
        return tuple(self.transitions)

    @property
    def initial(self) -> str:
        """The status that a new row has."""
        return next(iter(self.transitions))

    @property
    def final(self) -> frozenset[str]:
        """The statuses that nothing leaves."""
        return frozenset(status for status, following in self.transitions.items() if not following)

    def allows(self, before: str, after: str) -> bool:
        """Whether a row in status `before` may become `after`; staying as it is is always allowed."""
        return before == after or after in self.transitions[before]

    def require(self, before: str, after: str) -> None:
        """Refuses a transition that the table does not have."""
        if not self.allows(before, after):
            raise Refusal(
                Refused(
                    Code.INVALID_TRANSITION,
                    f"A {self.noun} that is {_words(before)} cannot become {_words(after)}.",
                    data={"from": str(before), "to": str(after)},
                )
            )


def _words(status: str) -> str:
    return status.replace("_", " ")


def lifecycle(noun: str, transitions: Mapping[StrEnum, tuple[StrEnum, ...]]) -> Lifecycle:
    """Declares a lifecycle; every status of the enumeration must be named."""
    declared = {str(status): frozenset(map(str, following)) for status, following in transitions.items()}
    statuses = type(next(iter(transitions)))
    assert list(declared) == [str(status) for status in statuses], (
        f"{noun}: name every {statuses.__name__}, in its order"
    )
    return Lifecycle(noun, declared)
