"""What the API tells of itself: its schema by introspection, names by suggestions, a page to try it on.

Developers live by all three. A server that faces others tells what was asked and nothing more: with suggestions a
schema can be guessed name by name where introspection is off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from graphql import FieldNode, GraphQLError, ValidationRule
from strawberry.extensions import SchemaExtension

SUGGESTIONS_MAX = 5
_INTROSPECTION = frozenset({"__schema", "__type"})
# By its module's name, because the package gives the same name to the function inside.
_did_you_mean: Any = import_module("graphql.pyutils.did_you_mean")


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """What is told; nothing unless said."""

    introspection: bool = False
    suggestions: bool = False
    graphiql: bool = False


NOTHING_TOLD = Disclosure()


def limit_suggestions(disclosure: Disclosure) -> None:
    """Switches "Did you mean ...?" on or off, for the whole process.

    Every such text of graphql-core, be it for a field, an argument, a type, an enum value or an input field, in a
    document or in variables, is made by one function; this is the limit that it keeps to. Cutting the texts out
    afterwards would have to know them all, and could cut what a client wrote itself.
    """
    _did_you_mean.MAX_LENGTH = SUGGESTIONS_MAX if disclosure.suggestions else 0


class NoIntrospection(ValidationRule):
    """A document asks for data, not for the schema; `__typename` belongs to the data."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Refuses the two fields by which all introspection begins."""
        if node.name.value in _INTROSPECTION:
            message = f"{node.name.value} is not served here: introspection is switched off."
            self.report_error(GraphQLError(message, node, extensions={"code": "INTROSPECTION_DISABLED"}))


class IntrospectionOff(SchemaExtension):
    """Puts the rule in force for one request."""

    def on_operation(self) -> Iterator[None]:
        """Before the document is validated."""
        self.execution_context.validation_rules = (*self.execution_context.validation_rules, NoIntrospection)
        yield


def introspection_rules(disclosure: Disclosure) -> list[type[SchemaExtension]]:
    """What the schema needs beside its own rules."""
    return [] if disclosure.introspection else [IntrospectionOff]
