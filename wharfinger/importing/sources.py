"""The files of an import, each read once, and what its lookups find in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wharfinger.importing.cells import Lookups
from wharfinger.importing.mapping import ImportMapping, Lookup
from wharfinger.importing.report import Report
from wharfinger.importing.tables import Row, Table, read_table


@dataclass(frozen=True)
class Sources:
    """All files of the mapping."""

    tables: Mapping[str, Table]
    lookups: Lookups

    def rows(self, file: str) -> Sequence[Row]:
        """The rows of a file that can be read."""
        return self.tables[file].rows


def read_sources(folder: Path, mapping: ImportMapping, report: Report) -> Sources:
    """Reads the files that the mapping names; what is wrong with them is reported."""
    tables = {file: read_table(folder, file, columns, mapping.encoding) for file, columns in mapping.columns.items()}
    for table in tables.values():
        report.add(table.problems)
    lookups = {source.lookup for record in mapping.records for source in record.fields.values() if source.lookup}
    return Sources(tables, {lookup: _found_by(lookup, tables[lookup.file]) for lookup in lookups})


def _found_by(lookup: Lookup, table: Table) -> Mapping[str, str]:
    return {row.cells[lookup.key]: row.cells[lookup.column] for row in table.rows}
