"""The business, one folder per capability; the upper may use the lower, never back.

From the top: invoicing, fulfillment, resolution; then orders, procurement and transfers, which do not know each other;
then sourcing, inventory, finance, cases.
"""
