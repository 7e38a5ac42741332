"""The GraphQL of shortages and their options: which types and mutations there are."""
