"""The personas of the leak test: every role in one legal entity, some in both, partners, a stranger, and nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.leaks.marks import Mark
from tests.leaks.sight import SEES

NORTH, SOUTH = frozenset({Mark.NORTH}), frozenset({Mark.SOUTH})
BOTH = NORTH | SOUTH
WEST = frozenset({Mark.WEST})


@dataclass(frozen=True)
class Persona:
    """Somebody who asks: their roles with the legal entities, and the partner for whom an outsider acts."""

    name: str
    held: Mapping[str, frozenset[Mark]] = field(default_factory=dict)
    partner: Mark | None = None

    @property
    def marks(self) -> frozenset[Mark]:
        """Whose marks may stand in what they are told: an outsider sees their own and those of legal entities.

        Who orders or delivers sees what is published as well, and oak delivers what is not.
        """
        entities = frozenset[Mark]().union(*self.held.values())
        if self.partner is not None:
            dealt_in = {Mark.GOODS} if self.partner is Mark.OAK else frozenset()
            trades = not self.held.keys().isdisjoint({"partner_machine", "supplier_user"})
            return entities | {self.partner} | dealt_in | ({Mark.SHELF} if trades else frozenset())
        return entities | (frozenset(Mark) - BOTH - WEST if self.held else frozenset())


OF_GROUP: Sequence[str] = sorted(SEES.keys() - {"supplier_user", "carrier", "partner_machine"})

PERSONAS: Sequence[Persona] = (
    *(Persona(f"{role} of the north", {role: NORTH}) for role in OF_GROUP),
    Persona("auditor of the south", {"auditor": SOUTH}),
    Persona("auditor of both", {"auditor": BOTH, "steward_item": WEST}),
    Persona("steward of the west", {"steward_finance": WEST}),
    Persona("customer service of both", {"customer_service": BOTH}),
    Persona("clerk of the north, finance of the south", {"warehouse": NORTH, "finance": SOUTH}),
    Persona("steward of both, buyer of the south", {"steward_item": BOTH, "buyer": SOUTH}),
    Persona("iron in both", {"supplier_user": BOTH}, Mark.IRON),
    Persona("iron in the north", {"supplier_user": NORTH}, Mark.IRON),
    Persona("oak in the south", {"supplier_user": SOUTH}, Mark.OAK),
    Persona("ash in the north", {"partner_machine": NORTH}, Mark.ASH),
    Persona("birch in both", {"partner_machine": BOTH}, Mark.BIRCH),
    Persona("carrier of the north", {"carrier": NORTH}, Mark.IRON),
    Persona("stranger"),
)
"""Everybody who has a token. The carrier is known by the id of a supplier: no table of carriers exists yet."""

BY_NAME: Mapping[str, Persona] = {persona.name: persona for persona in PERSONAS}
EVERYWHERE = BY_NAME["auditor of both"]
"""Who sees everything that anybody sees."""


def _to_the_wall(persona: Persona) -> object:
    return persona.partner, frozenset[Mark]().union(*persona.held.values())


WALLED: Sequence[Persona] = tuple({_to_the_wall(each): each for each in PERSONAS}.values())
"""One of those who are alike to row security, which knows legal entities and partners, and no roles."""
