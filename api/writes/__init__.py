"""Mutations: from a use case and its command to a field with an input, a payload and typed errors."""
