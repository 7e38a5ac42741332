"""Events: every fact of the stream, as clients follow it."""
