"""Limits on a document that hold before any of it runs: what passes them costs milliseconds, not seconds.

Python parses and validates slowly: a token costs some 15 microseconds. So tokens are counted while the text is read,
what the document asks for is counted (extent.py) before it is validated, and the one rule whose work grows with the
square of the document, that fields of the same name must agree, has a budget. Mutations run one after another, each in
its own transaction: a document with hundreds of them is a bulk job in disguise.

A refusal names the limit: LIMIT_EXCEEDED with `limit`, `given` and `max`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    parse,
    specified_rules,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import SchemaExtension

from api.extent import extent_of

LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
TOKENS_MAX = 3_000
MUTATIONS_MAX = 50
COMPARISONS_MAX = 20_000
"""The budget for comparing fields of the same name: sixty fragments on one object may each ask for the same three."""
LIMITS: Mapping[str, tuple[int, str]] = {
    "operations": (50, "operations"),
    "variables": (200, "variables"),
    "directives": (200, "directives"),
    "aliases": (300, "aliases"),
    "introspection_aliases": (3, "aliases in questions about the schema"),
    "mutations": (MUTATIONS_MAX, "mutations"),
    "root_fields": (50, "fields at its root"),
    "fields": (2_000, "fields, those of fragments counted wherever they are spread"),
    "depth": (40, "levels of fields"),
    "fragment_depth": (50, "levels of fragments"),
}
"""What an operation may have at most, and how that is called."""

_UNNAMED = "The document has several operations; operationName must say which one is meant."


def parsed(text: str, *, tokens_max: int = TOKENS_MAX) -> DocumentNode:
    """The document of a text. Raises GraphQLError for one that is too long, or none at all."""
    try:
        return parse(text, max_tokens=tokens_max, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        if f"more than {tokens_max} tokens" not in error.message:
            raise
        extensions = {"code": LIMIT_EXCEEDED, "limit": "tokens", "max": tokens_max}
        raise GraphQLError(f"A document may have {tokens_max} tokens at most.", extensions=extensions) from None


def check_extent(document: DocumentNode) -> GraphQLError | None:
    """The refusal of a document that asks for too much, before it is validated."""
    extent = extent_of(document)
    for name, (most, what) in LIMITS.items():
        given = getattr(extent, name)
        if given > most:
            return exceeded(name, f"A request may have {most} {what} at most; this has {given}.", given, most)
    return None


def exceeded(limit: str, message: str, given: int, most: int) -> GraphQLError:
    """What a client is told that went past a limit."""
    return GraphQLError(message, extensions={"code": LIMIT_EXCEEDED, "limit": limit, "given": given, "max": most})


class FieldsAgree(OverlappingFieldsCanBeMergedRule):
    """Fields of the same name can be merged; found out within the budget, or not at all."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = COMPARISONS_MAX

    def enter_selection_set(self, *visited: Any) -> None:
        """Compares the fields of a selection."""
        try:
            super().enter_selection_set(*visited)
        except ValidationAbortedError:
            if self.rule_context.remaining_complexity_budget >= 0:
                raise
            raise ValidationAbortedError(
                "Too many fields of the same name must be compared with each other. Ask for each of them once.",
                extensions={"code": LIMIT_EXCEEDED, "limit": "comparisons", "max": COMPARISONS_MAX},
            ) from None


RULES: tuple[type[ASTValidationRule], ...] = tuple(
    FieldsAgree if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules
)
"""What a document is validated by."""


class DocumentLimits(SchemaExtension):
    """Puts the limits in force for one request."""

    def on_operation(self) -> Iterator[None]:
        """Before the document is parsed."""
        context = self.execution_context
        context.parse_options["max_tokens"] = TOKENS_MAX
        context.validation_rules = RULES
        yield

    def on_validate(self) -> Iterator[None]:
        """Of several operations the client must say which: the library would run the first."""
        context = self.execution_context
        if context.graphql_document is not None:
            refused = check_extent(context.graphql_document)
            if refused is not None:
                context.pre_execution_errors = [refused]
            elif not context._provided_operation_name:  # noqa: SLF001
                definitions = context.graphql_document.definitions
                operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
                if len(operations) > 1:
                    context.pre_execution_errors = [GraphQLError(_UNNAMED, operations)]
        yield
