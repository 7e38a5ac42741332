"""The GraphQL of transfer orders: which types and mutations there are."""
