"""Mappings: every mistake is told with its place, before anything is read."""

from pathlib import Path

import pytest

from masterdata.registry import NOUNS
from wharfinger.importing.mapping import MappingError
from wharfinger.importing.mapping_file import read_mapping

HEAD = "system: s\ntitle: t\napprover: a\nentity: {code: c, name: n, country: DE, currency: EUR, time_zone: UTC}\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- a\n", "m.yaml: names with values are expected here."),
        ("a: [", "cannot be read as YAML"),
        ("system: s\n", "m.yaml: 'title' is missing."),
        (HEAD + "colour: red\n", "m.yaml: 'colour' is unknown here; known are system, title"),
        (HEAD + "encoding: klingon\n", "encoding: 'klingon' is unknown."),
        (HEAD + "records: {}\n", "m.yaml.records: a list is expected."),
        (
            HEAD + "records: [{noun: dragon}]\n",
            r"m.yaml.records\[0\].noun: 'dragon' is none of country, currency, unit, legal_entity",
        ),
        (HEAD + "records: [{noun: item}]\n", r"m.yaml.records\[0\]: either 'file' with 'fields', or 'rows'."),
        (HEAD + "records: [{noun: item, rows: [{hue: red}]}]\n", "a item has no field 'hue', but base_increment"),
        (HEAD + "records: [{noun: price, file: f, key: id}]\n", "a price has no key of another system"),
        (
            HEAD + "records: [{noun: item, file: f, fields: {name: {column: a, value: b}}}]\n",
            "exactly one of column, template, value, external, code",
        ),
        (
            HEAD + "records: [{noun: item, file: f, fields: {name: {column: a, decimals: many}}}]\n",
            "decimals: a number from 0 to 10 is expected, not 'many'.",
        ),
        (
            HEAD + "records: [{noun: item, file: f, fields: {name: {column: a, times: NaN}}}]\n",
            "times: a number is expected",
        ),
        (
            HEAD + "records: [{noun: item, file: f, fields: {name: {column: a, words: w}}}]\n",
            "there is no list of words 'w'.",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(content)
    with pytest.raises(MappingError, match=message):
        read_mapping(path, NOUNS)


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="There is no mapping"):
        read_mapping(tmp_path / "none.yaml", NOUNS)
