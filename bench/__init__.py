"""Measured workloads: `make bench` prints each beside the same work written by hand."""
