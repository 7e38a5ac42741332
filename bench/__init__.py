"""Measured workloads: `make bench` prints each beside the same work written by hand.

Only ratios within one run on one machine mean anything: both sides take turns in short rounds, so that what disturbs
one disturbs the other. The measured process has a core of its own; client and PostgreSQL share another.
See docs/decisions/measuring.md.
"""
