"""The commands of the command line: each module reads its arguments, does one thing, and says what it did."""
