"""The answer to arguments that a read cannot take: a GraphQL error with a code, never a failure of the server."""

from graphql import GraphQLError

from kernel.refusal import Code


def bad_argument(message: str) -> GraphQLError:
    """An error to raise; graphql-core adds the place in the document and the path."""
    return GraphQLError(message, extensions={"code": str(Code.VALIDATION_FAILED)})
