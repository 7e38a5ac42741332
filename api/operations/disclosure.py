"""What the API tells of itself: its schema by introspection, names by suggestions, a page to try it on.

Developers live by all three. A server that faces others tells what was asked and nothing more: with suggestions a
schema can be guessed name by name where introspection is off.
"""

from dataclasses import dataclass
from typing import Any

from graphql import ASTValidationRule, FieldNode, GraphQLError, ValidationRule

_INTROSPECTION = frozenset({"__schema", "__type"})


class NoIntrospection(ValidationRule):
    """A document asks for data, not for the schema; `__typename` belongs to the data."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Refuses the two fields by which all introspection begins."""
        if node.name.value in _INTROSPECTION:
            message = f"{node.name.value} is not served here: introspection is switched off."
            self.report_error(GraphQLError(message, node, extensions={"code": "INTROSPECTION_DISABLED"}))


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """What is told; nothing unless said."""

    introspection: bool = False
    suggestions: bool = False
    """Whether "Did you mean ...?" follows a name that does not exist, be it a field, an argument, a type, an enum value
    or an input field, in a document or in variables. graphql-core makes all these texts, and leaves them away when
    validation and execution are asked to (`hide_suggestions`); to cut them out afterwards one would have to know them
    all, and could cut what a client wrote itself."""
    graphiql: bool = False

    @property
    def rules(self) -> tuple[type[ASTValidationRule], ...]:
        """What a document must keep to beside the rules for all."""
        return () if self.introspection else (NoIntrospection,)


NOTHING_TOLD = Disclosure()
