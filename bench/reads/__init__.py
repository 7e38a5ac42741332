"""Reads at full size: one order, a nested page, a stock page, one item; beside the same SQL behind a bare route."""
