"""Agreements between two legal entities of the group: what the taker may see of the giver, and buy on which terms.

Owns who agreed with whom, and the one context in which an operation looks across entities or writes on both sides.
Does not know stock, prices of offers, or the documents that follow.
"""
