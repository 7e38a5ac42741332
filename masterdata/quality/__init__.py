"""Whether two records mean the same thing: pure decisions over plain values.

A record is a mapping of column names to values. How a kind of record is compared is a `Profile`: which fields, by which
measure, and what each degree of likeness is worth. `score_pair` compares two records and says why; `rank` compares one
with its candidates; `candidate_pairs` finds in a whole stock the pairs that are worth comparing, and `clusters` puts
together what belongs together. Nobody here reads a database: whoever calls brings the records.
"""
