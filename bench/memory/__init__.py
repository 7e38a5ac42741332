"""What the server keeps of documents that never come again: every cache at its bound, and no memory beyond that."""
