"""Documents that were found valid before are neither parsed nor validated again.

Clients send the same few documents over and over, and Python needs milliseconds for each. What is kept is bounded by
the length of all texts together: a parsed document is some hundred times as large as its text. The plans of a document
live and go with it; each counts as much as the text, and more where it has many values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    validate,
)

from api.bounded import Bounded
from api.operations.disclosure import NOTHING_TOLD, Disclosure
from api.operations.limits import RULES, TOKENS_MAX, check_extent, parsed
from api.reads.operation import Operation

KEPT_LENGTH_MAX = 512 * 1024
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

    text: str
    node: DocumentNode
    grown: Callable[["Document"], None]
    """Hears of each plan that is kept with the document."""

    @property
    def size(self) -> int:
        """How much it counts, in characters."""
        return len(self.text) + sum(each.plans_size for each in self.operations.values())

    @cached_property
    def operations(self) -> Mapping[str | None, Operation]:
        """Its operations by name."""
        found = (each for each in self.node.definitions if isinstance(each, OperationDefinitionNode))
        grown = partial(self.grown, self)
        return {each.name.value if each.name else None: Operation(self.text, self.node, each, grown) for each in found}

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
            document = Document(text, self._checked(text), self._keep)
            self._keep(document)
        return document

    def _keep(self, document: Document) -> None:
        self.kept.keep(document.text, document, size=document.size)

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
