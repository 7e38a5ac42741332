"""Import: the data of another system becomes a legal entity that can work at once.

A declarative mapping (YAML) says which columns of which CSV files become what. Master data goes through one change
request, opening stock and order history through their use cases. Nothing is raised for bad data: each row that cannot
be taken is reported with its file, line, column and value. An import can be repeated, and resumed when it was killed.
"""
