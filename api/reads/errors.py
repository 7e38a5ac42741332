"""The answer to arguments that a read cannot take: a GraphQL error with a code, never a failure of the server."""

from collections.abc import Sequence

from graphql import FieldNode, GraphQLError

from api.values.ids import MalformedId, PublicId, decode_id
from kernel.refusal import Code


def bad_argument(message: str) -> GraphQLError:
    """An error to raise; graphql-core adds the place in the document and the path."""
    return GraphQLError(message, extensions={"code": str(Code.VALIDATION_FAILED)})


FORBIDDEN_FIELD = "FORBIDDEN_FIELD"
"""The code of a refusal to filter or to sort by a field that the reader sees as a mask."""


def forbidden_field(verb: str, field: str, argument: str, nodes: Sequence[FieldNode]) -> GraphQLError:
    """The error for an argument that would tell what a mask hides. `field` is named with its type."""
    told = {"code": FORBIDDEN_FIELD, "field": field, "argument": argument}
    name = field.rpartition(".")[2]
    message = f"You may not {verb} by {name}: your roles show at most a mask of it. Leave {argument} out."
    return GraphQLError(message, nodes, extensions=told)


def is_forbidden(error: GraphQLError) -> bool:
    """Whether somebody asked for what they have no right to ask; that is written down."""
    return (error.extensions or {}).get("code") == FORBIDDEN_FIELD


def public_id(place: str, text: str) -> PublicId:
    """A decoded id of an argument; a GraphQLError if it is malformed."""
    try:
        return decode_id(text)
    except MalformedId:
        raise bad_argument(f"{place} is malformed: not an id.") from None
