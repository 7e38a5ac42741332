"""Limits on a document that hold before any of it runs: what passes them costs milliseconds, not seconds.

Python parses and validates slowly: a token costs some 15 microseconds. So tokens are counted while the text is read,
what the document asks for is counted (extent.py) before it is validated, and the one rule whose work grows with the
square of the document, that fields of the same name must agree, has a budget. Mutations run one after another, each in
its own transaction: a document with hundreds of them is a bulk job in disguise.

A refusal names the limit: LIMIT_EXCEEDED with `limit`, `given` and `max`.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    parse,
    specified_rules,
)
from graphql.validation.validate import ValidationAbortedError

from api.operations.extent import extent_of

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


def parsed(text: str, *, tokens_max: int = TOKENS_MAX) -> DocumentNode:
    """The document of a text. Raises GraphQLError for one that is too long, or none at all."""
    try:
        return parse(text, max_tokens=tokens_max, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        if f"more than {tokens_max} tokens" not in error.message:
            raise
        extensions = {"code": LIMIT_EXCEEDED, "limit": "tokens", "max": tokens_max}
        raise GraphQLError(f"A document may have {tokens_max} tokens at most.", extensions=extensions) from None


def check_extent(document: DocumentNode) -> None:
    """Raises GraphQLError for a document that asks for too much, before it is validated."""
    extent = extent_of(document)
    for name, (most, what) in LIMITS.items():
        given = getattr(extent, name)
        if given > most:
            extensions = {"code": LIMIT_EXCEEDED, "limit": name, "given": given, "max": most}
            raise GraphQLError(f"A request may have {most} {what} at most; this has {given}.", extensions=extensions)


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
