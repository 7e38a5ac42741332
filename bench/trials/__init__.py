"""Trials behind docs/decisions/compiled-reads.md, to be run again when what they compare changes."""
