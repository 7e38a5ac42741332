"""Limits on a document that hold before any of it runs: what passes them costs milliseconds, not seconds.

Python parses and validates slowly, and some rules compare each field with each other; so tokens are counted while the
text is read. Mutations run one after another, each in its own transaction: a document with hundreds of them is a bulk
job in disguise, which would keep its caller without an answer.
"""

from collections.abc import Iterator
from typing import Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValidationRule,
    specified_rules,
)

TOKENS_MAX = 10_000
MUTATIONS_MAX = 50


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


RULES: tuple[type[ASTValidationRule], ...] = (*specified_rules, FewMutations)
"""What a document is validated by."""
