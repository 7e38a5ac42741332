"""Every table is known to the migrations, has a class, says what its columns mean, and keeps to its legal entity."""

import re

import pytest
from sqlalchemy import ForeignKeyConstraint, Index, Table, UniqueConstraint

from kernel.tables import TableClass, class_of, mutability_of
from migrations.models import load_models, model_modules
from tests.architecture.sources import relative, source_files

_TABLES = load_models().sorted_tables
_OF_AN_ENTITY = {TableClass.ENTITY_OWNED, TableClass.ENTITY_MASTER}
_entity_tables = [table for table in _TABLES if class_of(table) in _OF_AN_ENTITY]


def test_every_module_with_a_table_is_loaded() -> None:
    declaring = {
        relative(file).removesuffix(".py").replace("/", ".")
        for file in source_files("api", "authz", "domain", "kernel", "masterdata", "wharfinger")
        if re.search(r"^    __tablename__ = ", file.read_text(), re.MULTILINE)
    }
    assert declaring <= set(model_modules())


@pytest.mark.parametrize("table", _TABLES, ids=str)
def test_a_table_declares_its_class(table: Table) -> None:
    assert class_of(table)
    assert mutability_of(table)


@pytest.mark.parametrize("table", _TABLES, ids=str)
def test_a_column_says_what_it_means(table: Table) -> None:
    assert [column.name for column in table.columns if not column.doc] == []


@pytest.mark.parametrize("table", _entity_tables, ids=str)
def test_every_key_of_an_entitys_row_begins_with_the_entity(table: Table) -> None:
    assert [column.name for column in table.primary_key.columns] == ["entity_id", "id"]
    for unique in [each for each in table.constraints if isinstance(each, UniqueConstraint)]:
        assert unique.columns.keys()[0] == "entity_id", unique.name
    for index in [each for each in table.indexes if isinstance(each, Index) and each.unique]:
        assert str(next(iter(index.expressions))).endswith("entity_id"), index.name


@pytest.mark.parametrize("table", _TABLES, ids=str)
def test_no_row_can_refer_to_a_row_of_another_entity(table: Table) -> None:
    """A key that points to an entity's row carries the entity on both sides."""
    for key in [each for each in table.constraints if isinstance(each, ForeignKeyConstraint)]:
        if class_of(key.referred_table) in _OF_AN_ENTITY:
            pairs = [(element.parent.name, element.column.name) for element in key.elements]
            assert pairs[0] == ("entity_id", "entity_id"), f"{table.name}.{key.name}"
