"""The GraphQL of inventory: which types and mutations there are."""
