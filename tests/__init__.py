"""The tests mirror the tree: the tests of kernel/postgres are in tests/kernel."""
