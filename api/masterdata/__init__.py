"""The GraphQL of master data: which types and mutations there are."""
