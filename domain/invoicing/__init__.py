"""Invoicing: suppliers' invoices, matched with orders and receipts.

Owns supplier invoices, their lines and match results. Promises that an invoice inside the tolerance posts itself, that
one outside opens a case and posts nothing, and that no invoice number of a supplier is taken twice.
"""
