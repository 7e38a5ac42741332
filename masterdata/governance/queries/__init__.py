"""Every statement of governance on its own tables."""
