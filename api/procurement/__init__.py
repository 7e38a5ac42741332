"""The GraphQL of purchase orders: which types and mutations there are."""
