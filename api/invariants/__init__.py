"""The GraphQL of the invariants: a proof that anybody who may audit can ask for."""
