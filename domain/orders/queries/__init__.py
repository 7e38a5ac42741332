"""Every statement of orders, by what is going on."""
