"""The business, one folder per capability; the upper may use the lower, never back."""
