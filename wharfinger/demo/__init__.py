"""The demo group: three companies that trade in invented goods, made by our own code and always the same.

Everything has a fixed id, so that documentation can name it. All master data goes through change requests, stock is
opened and orders are placed by the use cases that everybody has.
"""
