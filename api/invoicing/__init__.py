"""The GraphQL of supplier invoices: which types and mutations there are."""
