"""A document in the making: its variables, how each is drawn anew for every run, and its fragments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.oracle.house import House
from tests.oracle.known import Known
from tests.oracle.ordering import Cursors

ABSENT = object()
"""Drawn for a variable that the client does not send."""


@dataclass
class Run:
    """One run of a document: the variables drawn so far, and the cursors of earlier runs."""

    rng: Random
    cursors: Cursors
    variables: dict[str, Any] = field(default_factory=dict)


Draw = Callable[[Run], Any]


@dataclass(frozen=True)
class Document:
    """A query whose variables can be drawn as often as one likes."""

    text: str
    draws: tuple[tuple[str, Draw], ...]

    def run(self, rng: Random, cursors: Cursors) -> dict[str, Any]:
        """Variables for one run."""
        run = Run(rng, cursors)
        for name, draw in self.draws:
            value = draw(run)
            if value is not ABSENT:
                run.variables[name] = value
        return run.variables


@dataclass
class Draft:
    """What has been written so far. `budget` is how many more fields there may be."""

    known: Known
    rng: Random
    budget: int
    declared: dict[str, str] = field(default_factory=dict)
    draws: list[tuple[str, Draw]] = field(default_factory=list)
    fragments: list[tuple[str, str]] = field(default_factory=list)
    """The type and the text of each: the first is F0."""

    @property
    def house(self) -> House:
        """What is asked."""
        return self.known.house

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.rng.random() < share

    def variable(self, kind: str, draw: Draw) -> str:
        """Declares a variable and writes it; its value is drawn after those that were declared before."""
        name = f"v{len(self.declared)}"
        self.declared[name] = kind
        self.draws.append((name, draw))
        return f"${name}"

    def fragment(self, on: str, text: str) -> str:
        """Keeps a named fragment and writes its spread."""
        self.fragments.append((on, text))
        return f"...F{len(self.fragments) - 1}"

    def document(self, selection: str) -> Document:
        """The document with everything that its query needs."""
        declared = ", ".join(f"${name}: {kind}" for name, kind in self.declared.items())
        head = f"query Q({declared}) " if declared else ("query Q " if self.chance(0.5) else "")
        named = [f"fragment F{index} on {on} {text}" for index, (on, text) in enumerate(self.fragments)]
        return Document("\n".join([head + selection, *named]), tuple(self.draws))
