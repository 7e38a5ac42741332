"""Attempts to change what belongs to somebody: every mutation, read off the schema, with the ids of every owner.

An attempt names one owner's things; a variant of it names another owner's thing in one place, or nothing that exists.
All of them are dry runs: the world stays as it is. Whoever does not see the thing must be answered as if it were not.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from tests.leaks.question import NOBODY, Question, batched, id_of
from tests.leaks.trade import Trade
from tests.oracle.house import House
from tests.oracle.rows import Row

AT_ONCE = 25
NAMES: Mapping[str, str] = {
    "changeRequestId": "ChangeRequest",
    "objectId": "Location",
    "customerId": "Customer",
    "entityId": "LegalEntity",
    "itemId": "Item",
    "locationId": "Location",
    "optionId": "SourcingOption",
    "purchaseOrderId": "PurchaseOrder",
    "purchaseOrderLineId": "PurchaseOrderLine",
    "salesOrderId": "SalesOrder",
    "salesOrderLineId": "SalesOrderLine",
    "shortageId": "Shortage",
    "siteId": "Location",
    "supplierId": "Supplier",
}
"""What each id of an input is of. A new one is told here."""
OPTION = "SourcingOption"
SHARED = frozenset({"Customer", "Item", "Supplier"})
"""What of it belongs to the whole group."""
_VALUES: Mapping[str, str] = {
    "Boolean": "true",
    "Int": "1",
    "Decimal": '"1.0000"',
    "Date": '"2026-03-02"',
    "DateTime": '"2999-03-02T00:00:00Z"',
    "JSON": "{}",
}
_TEXTS: Mapping[str, str] = {"unit": '"C62"', "currency": '"EUR"'}

Things = Mapping[str, Row]
"""One row of each type."""


@dataclass(frozen=True, eq=False)
class Attempt:
    """One mutation, tried on things. `replaced` is the place of the thing that is another's, if one is."""

    mutation: str
    replaced: str
    things: Things
    other: Row | None
    """The other's thing; None for one that does not exist."""
    owner: UUID
    """The legal entity that the other's thing belongs to, or would."""
    alias: str


@dataclass(frozen=True)
class Attempts:
    """All attempts in a world."""

    house: House
    trade: Trade

    def all(self) -> Iterator[tuple[Question, Sequence[Attempt]]]:
        """Documents with all attempts."""
        yield from self.asked(self.each())

    def on_every_document(self) -> Iterator[Attempt]:
        """Each mutation of each document that it can be of, in whatever state: what it needs beside is its owner's."""
        for mutation in self._mutations.fields:
            of = NAMES[self._subject(mutation)]
            for entity_id in self._entities:
                for row in self.house.rows[of]:
                    if row.get("entity_id", row["id"]) == entity_id:
                        things = self._things(entity_id, self.trade.pairs[0], {of: row})
                        yield Attempt(
                            mutation, "", things, things["LegalEntity"], NOBODY, f"{mutation}_{row['id'].hex}"
                        )

    def entities_of(self, attempt: Attempt) -> frozenset[UUID]:
        """The legal entities of what an attempt names."""
        named = [self._named(place, attempt) for place in self._places(attempt.mutation)]
        return frozenset(row["entity_id"] if "entity_id" in row else row["id"] for of, row in named if of not in SHARED)

    def asked(
        self, attempts: Iterable[Attempt], *, at_once: int = AT_ONCE
    ) -> Iterator[tuple[Question, Sequence[Attempt]]]:
        """Documents, with the attempts in them."""
        texts = {self._text(each): each for each in attempts}
        for number, some in enumerate(batched(texts, at_once)):
            yield Question(f"attempts {number}", f"mutation {{ {' '.join(some)} }}"), [texts[text] for text in some]

    def one(self, mutation: str) -> tuple[Question, Attempt]:
        """The first attempt of a mutation, alone: with things that all belong to the first legal entity."""
        attempt = next(each for each in self.each() if each.mutation == mutation)
        return Question(attempt.alias, f"mutation {{ {self._text(attempt)} }}"), attempt

    def each(self) -> Iterator[Attempt]:
        """All attempts."""
        owners = [self._things(entity_id, pair) for entity_id in self._entities for pair in self.trade.pairs]
        mine, of_partner, of_entity, _ = owners
        nobodys = {name: {**row, "entity_id": NOBODY} for name, row in mine.items()} | {"LegalEntity": {"id": NOBODY}}
        # Its id does not say whose a change request is.
        nobodys["ChangeRequest"]["id"] = NOBODY
        for mutation in self._mutations.fields:
            for number, theirs in enumerate([*owners, nobodys]):
                owner = None if theirs is nobodys else theirs["LegalEntity"]
                yield Attempt(mutation, "", theirs, owner, NOBODY, f"{mutation}_{number}")
            for place in self._places(mutation):
                for theirs in (mine, of_partner, of_entity):
                    yield self._variant(mutation, place, mine, theirs)
                for theirs in (mine, of_entity):
                    absent = replace(self._variant(mutation, place, mine, theirs), other=None)
                    yield replace(absent, alias=f"{absent.alias}_absent")

    def _variant(self, mutation: str, place: str, mine: Things, theirs: Things) -> Attempt:
        entity_id, other = theirs["LegalEntity"]["id"], theirs[NAMES[place]]
        return Attempt(mutation, place, mine, other, entity_id, f"{mutation}_{place}_{other['id'].hex}_{entity_id.hex}")

    @property
    def _entities(self) -> list[UUID]:
        return [branch.entity_id for branch in self.trade.branches.values()]

    @property
    def _mutations(self) -> GraphQLObjectType:
        made = self.house.plain_schema.mutation_type
        assert made is not None
        return made

    def _input(self, mutation: str) -> GraphQLInputObjectType:
        made = get_named_type(self._mutations.fields[mutation].args["input"].type)
        assert isinstance(made, GraphQLInputObjectType)
        return made

    def _places(self, mutation: str) -> list[str]:
        return list(_ids_of(self._input(mutation)))

    def _subject(self, mutation: str) -> str:
        """The place of what a mutation is of: the first document that it names, or else the legal entity."""
        places = self._places(mutation)
        return next((place for place in places if self._has_version(place)), "entityId")

    def _has_version(self, place: str) -> bool:
        of = NAMES[place]
        return of == OPTION or (of not in SHARED and "version" in self.house.rows[of][0])

    def _version(self, attempt: Attempt) -> int:
        """The version of what a mutation is of: a wrong one would be refused before anything else is looked at."""
        of, row = self._named(self._subject(attempt.mutation), attempt)
        if of == OPTION:  # who accepts it names the version of its shortage
            row = next((each for each in self.house.rows["Shortage"] if each["id"] == row.get("shortage_id")), row)
        return int(row.get("version", 1))

    def _named(self, place: str, attempt: Attempt) -> tuple[str, Row]:
        """What an attempt names in a place, with its type."""
        of = NAMES[place]
        if place != attempt.replaced:
            return of, attempt.things[of]
        return of, attempt.other or {"id": NOBODY, "entity_id": attempt.owner}

    def _things(self, entity_id: UUID, pair: Any, chosen: Things | None = None) -> Things:
        """What one owner has: documents of the legal entity with these partners, and what belongs to them."""
        keys = {"item_id": pair.item_id, "supplier_id": pair.supplier_id, "customer_id": pair.customer_id}
        keys |= {"LegalEntity": entity_id, "Item": pair.item_id}
        keys |= {"Supplier": pair.supplier_id, "Customer": pair.customer_id}
        things: dict[str, Row] = dict(chosen or {})
        for name in [name for name in dict.fromkeys(NAMES.values()) if name not in things]:
            rows = [row for row in self.house.rows[name] if row.get("entity_id", entity_id) == entity_id]
            rows = [row for row in rows if all(row.get(key, value) == value for key, value in keys.items())]
            rows = [row for row in rows if name not in keys or row["id"] == keys[name]]
            for column, parent in (("order_id", name.removesuffix("Line")), ("shortage_id", "Shortage")):
                if rows and column in rows[0] and parent in things:
                    rows = [row for row in rows if row[column] == things[parent]["id"]] or rows
            things[name] = rows[0]
        return things

    def _text(self, attempt: Attempt) -> str:
        made = self._mutations.fields[attempt.mutation]
        payload = get_named_type(made.type)
        assert isinstance(payload, GraphQLObjectType)
        given = self._object(self._input(attempt.mutation), attempt)
        return f"{attempt.alias}: {attempt.mutation}(input: {given}) {self._payload(payload)}"

    def _object(self, of: GraphQLInputObjectType, attempt: Attempt) -> str:
        members = (f"{name}: {self._value(name, each, attempt)}" for name, each in of.fields.items())
        return f"{{{', '.join(members)}}}"

    def _value(self, name: str, of: GraphQLInputField, attempt: Attempt) -> str:
        kind: GraphQLInputType = of.type
        made = get_named_type(kind)
        if isinstance(made, GraphQLInputObjectType):
            text = self._object(made, attempt)
            return f"[{text}]" if is_list_type(get_nullable_type(kind)) else text
        if isinstance(made, GraphQLEnumType):
            return str(next(iter(made.values)))
        if made.name == "ID":
            return json.dumps(self._id(name, attempt))
        if name == "expectedVersion":
            return str(self._version(attempt))
        if name == "idempotencyKey":
            return json.dumps(attempt.alias)
        return _VALUES.get(made.name) or _TEXTS.get(name, '"anything"')

    def _id(self, name: str, attempt: Attempt) -> str:
        of, row = self._named(name, attempt)
        return id_of(self.house.by_name[of], row)

    def _payload(self, of: GraphQLObjectType) -> str:
        """All fields of a payload, of objects their plain ones, and of errors those of every kind."""
        members = []
        for name, each in of.fields.items():
            made = get_named_type(each.type)
            if is_leaf_type(made):
                members.append(name)
            elif isinstance(made, GraphQLInterfaceType):
                members.append(f"{name} {{ {self._errors(made)} }}")
            elif isinstance(made, GraphQLObjectType):
                members.append(f"{name} {_plain(made)}")
        return f"{{ {' '.join(members)} }}"

    def _errors(self, interface: GraphQLInterfaceType) -> str:
        kinds = self.house.plain_schema.get_possible_types(interface)
        own = {kind.name: [name for name in kind.fields if name not in interface.fields] for kind in kinds}
        fragments = (
            f"... on {kind.name} {{ __typename {' '.join(_shown(kind, name) for name in own[kind.name])} }}"
            for kind in kinds
        )
        return f"{' '.join(interface.fields)} {' '.join(fragments)}"


def _plain(of: GraphQLObjectType) -> str:
    leaves = [name for name, each in of.fields.items() if is_leaf_type(get_named_type(each.type))]
    return f"{{ {' '.join(leaves)} }}"


def _shown(of: GraphQLObjectType, name: str) -> str:
    made = get_named_type(of.fields[name].type)
    return f"{name} {_plain(made)}" if isinstance(made, GraphQLObjectType) else name


def _ids_of(of: GraphQLInputObjectType) -> Iterator[str]:
    for name, each in of.fields.items():
        made = get_named_type(each.type)
        if isinstance(made, GraphQLInputObjectType):
            yield from _ids_of(made)
        elif made.name == "ID":
            yield name
