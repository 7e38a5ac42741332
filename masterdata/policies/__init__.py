"""Policies: parameters by which the business decides, kept as governed data.

Owns reorder levels and match tolerances. Does not decide anything itself.
"""
