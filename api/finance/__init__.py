"""The GraphQL of journal, layers and open items: which types and mutations there are."""
