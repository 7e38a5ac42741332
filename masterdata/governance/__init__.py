"""Governance: master data changes through change requests, and through nothing else.

Owns change requests, their lines and the keys of external systems. Promises that an activation is one transaction on
the activate role's engine, with a result for every line. Knows no noun: a registry hands them in.
"""
