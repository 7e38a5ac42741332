"""How well duplicates are found, on public data whose true answers are known: `python -m bench.quality`."""
