"""The second wall: what PostgreSQL itself lets each role touch, generated from the declared class of every table."""
