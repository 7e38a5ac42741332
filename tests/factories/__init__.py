"""Worlds for tests: an entity of their own, with what a story needs in it."""
