"""The oracle: random queries, answered by the read compiler and by slow plain resolvers, must have one answer."""
