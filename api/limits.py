"""Limits on a document that hold before any of it runs: what passes them costs milliseconds, not seconds.

Python parses and validates slowly, and some rules compare each field with each other; so tokens are counted while the
text is read. Mutations run one after another, each in its own transaction: a document with hundreds of them is a bulk
job in disguise, which would keep its caller without an answer.
"""

from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValidationRule,
)
from strawberry.extensions import SchemaExtension

TOKENS_MAX = 10_000
MUTATIONS_MAX = 50
_UNNAMED = "The document has several operations; operationName must say which one is meant."


class FewMutations(ValidationRule):
    """A document does not change more than a person could follow."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Counts what a mutation would run."""
        if node.operation is not OperationType.MUTATION:
            return
        count = sum(1 for _ in self._root_fields(node.selection_set, set()))
        if count > MUTATIONS_MAX:
            self.report_error(
                GraphQLError(f"A request may have {MUTATIONS_MAX} mutations at most; this has {count}.", node)
            )

    def _root_fields(self, selected: SelectionSetNode, seen: set[str]) -> Iterator[FieldNode]:
        for selection in selected.selections:
            match selection:
                case FieldNode():
                    yield selection
                case InlineFragmentNode():
                    yield from self._root_fields(selection.selection_set, seen)
                case FragmentSpreadNode() if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    fragment = self.context.get_fragment(selection.name.value)
                    if fragment is not None:
                        yield from self._root_fields(fragment.selection_set, seen)


class DocumentLimits(SchemaExtension):
    """Puts the limits in force for one request."""

    def on_operation(self) -> Iterator[None]:
        """Before the document is parsed."""
        context = self.execution_context
        context.parse_options["max_tokens"] = TOKENS_MAX
        context.validation_rules = (*context.validation_rules, FewMutations)
        yield

    def on_validate(self) -> Iterator[None]:
        """Of several operations the client must say which: the library would run the first."""
        context = self.execution_context
        if context.graphql_document is not None and not context._provided_operation_name:  # noqa: SLF001
            definitions = context.graphql_document.definitions
            operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
            if len(operations) > 1:
                context.pre_execution_errors = [GraphQLError(_UNNAMED, operations)]
        yield
