"""The GraphQL of receipts and shipments: which types and mutations there are."""
