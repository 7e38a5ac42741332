"""Values as the API shows them: scalars, enums, public ids, and texts in SQL."""
