"""The GraphQL of exception cases: which types and mutations there are."""
