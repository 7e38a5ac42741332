"""The read compiler: a GraphQL selection becomes SQL whose JSON text passes straight through."""
