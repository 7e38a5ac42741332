"""Statuses and the transitions between them, as data: a refused transition is loud."""

from collections.abc import Mapping
from dataclasses import dataclass

from kernel.refusal import Code, Refusal, Refused


@dataclass(frozen=True)
class Lifecycle:
    """What a noun's status may become. The first status named is the one it starts in."""

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
                    f"A {self.noun} that is {before} cannot become {after}.",
                    data={"from": before, "to": after},
                )
            )


def lifecycle(noun: str, **transitions: tuple[str, ...]) -> Lifecycle:
    """Declares a lifecycle: `lifecycle("sales order", open=("shipped", "cancelled"), shipped=(), cancelled=())`."""
    declared = {status: frozenset(following) for status, following in transitions.items()}
    unknown = {each for following in declared.values() for each in following} - set(declared)
    assert not unknown, f"{noun}: transitions to undeclared statuses {sorted(unknown)}"
    return Lifecycle(noun, declared)
