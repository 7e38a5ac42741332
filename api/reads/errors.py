"""The answer to arguments that a read cannot take: a GraphQL error with a code, never a failure of the server."""

from graphql import GraphQLError

from api.values.ids import MalformedId, PublicId, decode_id
from kernel.refusal import Code


def bad_argument(message: str) -> GraphQLError:
    """An error to raise; graphql-core adds the place in the document and the path."""
    return GraphQLError(message, extensions={"code": str(Code.VALIDATION_FAILED)})


def public_id(place: str, text: str) -> PublicId:
    """A decoded id of an argument; a GraphQLError if it is malformed."""
    try:
        return decode_id(text)
    except MalformedId:
        raise bad_argument(f"{place} is malformed: not an id.") from None
