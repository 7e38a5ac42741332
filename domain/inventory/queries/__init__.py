"""Every statement of inventory, by what it touches."""
