"""Sourcing: a shortage and the ways out of it, ranked.

Owns the shortage and its options. Promises that every option says when, at what cost and why, and that a stale one is
refused. Finds what other legal entities could spare. Reads demands, balances and terms; knows no order documents and
makes none.
"""
