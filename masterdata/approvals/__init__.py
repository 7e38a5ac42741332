"""Approval rules under governance: who must agree to what, where the declared owners are not enough or not the ones.

What the rules do is the approvals' (authz/approvals).
"""
