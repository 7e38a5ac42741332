"""Cases: business exceptions that a person must see.

Owns the case, its occurrences and its status. Promises one open case per type and subject: a repeat adds an occurrence.
Opened by every capability above; knows none of them.
"""
