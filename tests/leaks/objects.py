"""Questions about single objects: each by its id with all its fields, and each by what the business calls it."""

import json
from collections.abc import Iterator

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type
from strawberry.utils.str_converters import to_camel_case

from api.values.ids import encode_id
from tests.leaks.question import IDS_MAX, NOBODY, PAGE_INFO, Kind, Question, absent_id, batched, id_of


class Objects(Kind):
    """Every object that there is."""

    def all(self) -> Iterator[Question]:
        """Every question."""
        yield from self.whole()
        yield from self.single()

    def whole(self) -> Iterator[Question]:
        """Every object that there is by its id, with all its fields and with what is directly below it."""
        below = " ".join(f"... on {node.name} {self._whole(self.type_of(node.name))}" for node in self.house.nodes)
        text = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id {below} }} }}"
        for number, ids in enumerate(batched(self._ids(), IDS_MAX)):
            yield Question(f"objects {number}", text, {"ids": ids})

    def _ids(self) -> list[str]:
        return [each for node in self.house.nodes for each in self.operands.ids(node)]

    def single(self) -> Iterator[Question]:
        """Objects one by one: by id, and by the keys of the business, of every owner and of nobody."""
        nodes = (
            f"{node.name}_{number}: node(id: {json.dumps(each)}) {{ __typename id }}"
            for node in self.house.nodes
            for number, each in enumerate([*self.operands.ids_of_owners(node), absent_id(node)])
        )
        yield from self.at_root("single", nodes)
        yield from self.at_root("lookups", (member for each in self._lookups() for member in self._found(each)))

    def _lookups(self) -> list[str]:
        return [
            name
            for name, each in self.type_of("Query").fields.items()
            if get_named_type(each.type).name in self.house.by_name
        ]

    def _found(self, name: str) -> Iterator[str]:
        of = self.type_of("Query").fields[name]
        node = self.house.by_name[get_named_type(of.type).name]
        rows = [
            *self.operands.of_owners(node),
            {"id": NOBODY, "entity_id": NOBODY, **dict.fromkeys(node.keys, "nothing")},
        ]
        asked = [f"id: {json.dumps(id_of(node, row))}" for row in rows]
        for key in node.keys:
            keys = [f"{to_camel_case(key)}: {json.dumps(row[key])}" for row in rows]
            asked += keys
            if "entityId" in of.args:
                owners = [encode_id("LegalEntity", row["entity_id"]) for row in rows]
                asked += [f"{each}, entityId: {json.dumps(owner)}" for each in keys for owner in dict.fromkeys(owners)]
        yield from (f"{name}_{number}: {name}({arguments}) {{ id }}" for number, arguments in enumerate(asked))

    def _whole(self, of: GraphQLObjectType) -> str:
        """All fields of a type; of what is below it, the ids."""
        members = (f"{self._alias(of, name)}{self._member(name, each)}" for name, each in of.fields.items())
        return f"{{ {' '.join(members)} }}"

    def _alias(self, of: GraphQLObjectType, name: str) -> str:
        """A name of its own for a field that other types have as well, but of another type."""
        kinds = {
            str(self.type_of(node.name).fields[name].type)
            for node in self.house.nodes
            if name in self.type_of(node.name).fields
        }
        return f"{of.name}_{name}: " if len(kinds) > 1 else ""

    def _member(self, name: str, of: GraphQLField) -> str:
        made = get_named_type(of.type)
        if is_leaf_type(made):
            return name
        assert isinstance(made, GraphQLObjectType)
        if made.name.endswith("Connection"):
            return f"{name}(first: 100) {{ totalCount nodes {{ id }} edges {{ cursor node {{ id }} }} {PAGE_INFO} }}"
        if "id" in made.fields:
            return f"{name} {{ id }}"
        return f"{name} {{ {' '.join(made.fields)} }}"
