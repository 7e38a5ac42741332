"""The GraphQL of resolution: a chosen option becomes documents."""
