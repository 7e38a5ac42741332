"""A smaller query that shows the same defect: whatever can be left out of it is left out."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    Visitor,
    parse,
    print_ast,
    specified_rules,
    validate,
    visit,
)

Differs = Callable[[str], Awaitable[str | None]]
_TRIALS_MAX = 400
_RULES = [rule for rule in specified_rules if rule not in (NoUnusedFragmentsRule, NoUnusedVariablesRule)]


async def shrunk(schema: GraphQLSchema, text: str, found: str, differs: Differs) -> tuple[str, str]:
    """The smallest query that removals lead to, and what differs in it."""
    place, trials = 0, 0
    while trials < _TRIALS_MAX:
        removing = _Removing(place)
        smaller = visit(parse(text), removing)
        if not removing.done:
            break
        trials += 1
        reduced = _tidied(schema, smaller)
        seen = await _difference(differs, reduced) if reduced else None
        if reduced and seen:
            text, found = reduced, seen
        else:
            place += 1
    return text, found


async def _difference(differs: Differs, text: str) -> str | None:
    try:
        return await differs(text)
    except (AssertionError, LookupError):
        return None  # another question, which the plain side does not answer


def _tidied(schema: GraphQLSchema, document: DocumentNode) -> str | None:
    """The text without fragments and variables that nothing uses now; None if it is no valid query."""
    try:
        while True:
            text = print_ast(document)
            document = parse(text, allow_empty_selection_sets=False)
            if validate(schema, document, _RULES):
                return None
            unused = validate(schema, document, [NoUnusedFragmentsRule, NoUnusedVariablesRule])
            if not unused:
                return text
            document = visit(document, _Tidying([node for error in unused for node in error.nodes or ()]))
    except GraphQLError:
        return None


class _Removing(Visitor):
    """Leaves out the removable node at one place, counted from the start."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place
        self.done = False

    def enter(self, node: Any, *_: Any) -> Any:
        if self.done or node.kind not in _REMOVABLE:
            return None
        self.place -= 1
        self.done = self.place < 0
        return REMOVE if self.done else None


_REMOVABLE = frozenset({"field", "inline_fragment", "fragment_spread", "argument", "directive", "object_field"})


class _Tidying(Visitor):
    def __init__(self, unused: Sequence[Any]) -> None:
        super().__init__()
        self._unused = unused

    def enter(self, node: Any, *_: Any) -> Any:
        removable = isinstance(node, FragmentDefinitionNode) or node.kind == "variable_definition"
        return REMOVE if removable and any(node is each for each in self._unused) else None
