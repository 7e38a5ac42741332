"""Documents that were found valid before are neither parsed nor validated again.

Clients send the same few documents over and over, and Python needs milliseconds for each. What is kept is bounded by
the length of all texts together: a parsed document is some hundred times as large as its text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    validate,
)

from api.bounded import Bounded
from api.disclosure import NOTHING_TOLD, Disclosure
from api.limits import RULES, TOKENS_MAX, check_extent, parsed
from api.reads.operation import Operation

KEPT_LENGTH_MAX = 256 * 1024
ERRORS_MAX = 20
_UNNAMED = "The document has several operations; operationName must say which one is meant."


class DocumentRefused(Exception):  # noqa: N818 - it is an answer
    """The document cannot be run; the errors say why."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.errors = list(errors)


@dataclass(frozen=True, eq=False)
class Document:
    """A valid document."""

    text_length: int
    node: DocumentNode

    @cached_property
    def operations(self) -> Mapping[str | None, Operation]:
        """Its operations by name."""
        found = (each for each in self.node.definitions if isinstance(each, OperationDefinitionNode))
        return {each.name.value if each.name else None: Operation(self.node, each, self.text_length) for each in found}

    def operation(self, name: str | None) -> Operation | None:
        """The operation with this name, or the only one. Raises DocumentRefused where a name must be given."""
        if name:
            return self.operations.get(name)
        if len(self.operations) > 1:
            raise DocumentRefused(GraphQLError(_UNNAMED, [each.node for each in self.operations.values()]))
        return next(iter(self.operations.values()), None)


class Documents:
    """The documents of one schema."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        disclosure: Disclosure = NOTHING_TOLD,
        tokens_max: int = TOKENS_MAX,
        length_max: int = KEPT_LENGTH_MAX,
    ) -> None:
        self._schema = schema
        self._rules = (*RULES, *disclosure.rules)
        self._tokens_max = tokens_max
        self._hide_suggestions = not disclosure.suggestions
        self.kept: Bounded[str, Document] = Bounded(size_max=length_max)

    def valid(self, text: str) -> Document:
        """The parsed document. Raises DocumentRefused."""
        document = self.kept.find(text)
        if document is None:
            document = Document(len(text), self._checked(text))
            self.kept.keep(text, document, size=len(text))
        return document

    def is_valid(self, text: str) -> bool:
        """Whether the text is a valid document."""
        try:
            self.valid(text)
        except DocumentRefused:
            return False
        return True

    def _checked(self, text: str) -> DocumentNode:
        try:
            node = parsed(text, tokens_max=self._tokens_max)
            check_extent(node)
        except GraphQLError as error:
            raise DocumentRefused(error) from None
        errors = validate(self._schema, node, self._rules, ERRORS_MAX, hide_suggestions=self._hide_suggestions)
        if errors:
            raise DocumentRefused(*errors)
        return node
