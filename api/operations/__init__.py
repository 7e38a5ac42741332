"""Operations: documents, their limits, and how they are run."""
