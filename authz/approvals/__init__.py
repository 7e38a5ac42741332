"""Approvals: who must agree to a document before it holds, in which order, and who has.

It promises that nobody decides on their own work, that a decision counts only for the content that was decided on, and
that both are constraints of the database too. It knows documents by their kind and id; what a document is, and what
follows from a decision, is for those above.
"""
