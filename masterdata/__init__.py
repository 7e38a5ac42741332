"""Governed reference data: the language that the domain speaks."""
