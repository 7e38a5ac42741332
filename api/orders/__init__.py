"""The GraphQL of sales orders: which types and mutations there are."""
