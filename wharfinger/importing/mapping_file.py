"""Reading a mapping: every mistake in it is told with its place, before anything is touched."""

import codecs
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from masterdata.noun import Noun, Nouns
from wharfinger.importing.mapping import (
    Entity,
    ImportMapping,
    Lookup,
    MappingError,
    Only,
    OrderLinesMapping,
    OrdersMapping,
    Record,
    Source,
    StockMapping,
)

_ORIGINS = ("column", "template", "value", "external", "code")
_DECIMALS_MAX = 10


def read_mapping(path: Path, nouns: Nouns) -> ImportMapping:
    """The mapping in a YAML file. Raises MappingError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MappingError(f"There is no mapping {path}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MappingError(f"{path} cannot be read as YAML: {error}") from None
    return _mapping(_Section(content, path.name), nouns)


class _Section:
    """A part of the mapping that has names and values, with its place for messages."""

    def __init__(self, content: Any, place: str) -> None:
        if not isinstance(content, Mapping) or not all(isinstance(key, str) for key in content):
            raise MappingError(f"{place}: names with values are expected here.")
        self.content = dict(content)
        self.place = place

    def only(self, *known: str) -> None:
        """Refuses names that mean nothing here."""
        if unknown := sorted(set(self.content) - set(known)):
            raise MappingError(f"{self.place}: {unknown[0]!r} is unknown here; known are {', '.join(known)}.")

    def text(self, name: str, default: str | None = None) -> str:
        value = self.content.get(name, default)
        if value is None:
            raise MappingError(f"{self.place}: {name!r} is missing.")
        if not isinstance(value, str) or not value:
            raise MappingError(f"{self.place}.{name}: a text is expected, not {value!r}.")
        return value

    def optional_text(self, name: str) -> str | None:
        return self.text(name) if name in self.content else None

    def section(self, name: str) -> "_Section":
        if name not in self.content:
            raise MappingError(f"{self.place}: {name!r} is missing.")
        return _Section(self.content[name], f"{self.place}.{name}")

    def optional_section(self, name: str) -> "_Section | None":
        return self.section(name) if name in self.content else None

    def sections(self, name: str) -> list["_Section"]:
        entries = self.content.get(name, [])
        if not isinstance(entries, list):
            raise MappingError(f"{self.place}.{name}: a list is expected.")
        return [_Section(each, f"{self.place}.{name}[{index}]") for index, each in enumerate(entries)]


def _mapping(top: _Section, nouns: Nouns) -> ImportMapping:
    top.only("system", "title", "approver", "entity", "encoding", "words", "records", "opening_stock", "orders")
    words = _words(top.optional_section("words"))
    stock, orders = top.optional_section("opening_stock"), top.optional_section("orders")
    return ImportMapping(
        system=top.text("system"),
        title=top.text("title"),
        approver=top.text("approver"),
        entity=_entity(top.section("entity")),
        encoding=_encoding(top.text("encoding", "utf-8-sig")),
        records=tuple(_record(each, nouns, words) for each in top.sections("records")),
        opening_stock=_stock(stock, words) if stock else None,
        orders=_orders(orders, words) if orders else None,
    )


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise MappingError(f"encoding: {name!r} is unknown.") from None
    return name


def _entity(section: _Section) -> Entity:
    section.only("code", "name", "country", "currency", "time_zone")
    return Entity(
        code=section.text("code"),
        name=section.text("name"),
        country=section.text("country"),
        currency=section.text("currency"),
        time_zone=section.text("time_zone"),
    )


_Words = Mapping[str, Mapping[str, str]]


def _words(section: _Section | None) -> _Words:
    if section is None:
        return {}
    lists = {name: section.section(name) for name in section.content}
    return {name: {word: each.text(word) for word in each.content} for name, each in lists.items()}


def _record(section: _Section, nouns: Nouns, words: _Words) -> Record:
    section.only("noun", "file", "key", "only", "fields", "rows")
    name = section.text("noun")
    if name not in nouns:
        raise MappingError(f"{section.place}.noun: {name!r} is none of {', '.join(each.name for each in nouns)}.")
    if ("file" in section.content) == ("rows" in section.content):
        raise MappingError(f"{section.place}: either 'file' with 'fields', or 'rows'.")
    fields = section.optional_section("fields")
    record = Record(
        noun=name,
        file=section.optional_text("file"),
        key=section.optional_text("key"),
        only=_only(section.optional_section("only")),
        fields=_fields(fields, words) if fields else {},
        rows=tuple(each.content for each in section.sections("rows")),
    )
    _check_fields(section, record, nouns[name])
    return record


def _fields(section: _Section, words: _Words) -> Mapping[str, Source]:
    return {name: _source(section, name, words) for name in section.content}


def _check_fields(section: _Section, record: Record, noun: Noun) -> None:
    known = {*noun.by_name, *(part.name for part in noun.parts)}
    for name in (*record.fields, *(name for row in record.rows for name in row)):
        if name not in known:
            raise MappingError(
                f"{section.place}: a {noun.title} has no field {name!r}, but {', '.join(sorted(known))}."
            )
    if record.key is not None and noun.is_of_an_entity:
        raise MappingError(f"{section.place}.key: a {noun.title} has no key of another system; leave it out.")


def _source(section: _Section, name: str, words: _Words) -> Source:
    """A text alone names a column."""
    content = section.content.get(name)
    if isinstance(content, str):
        return Source(column=content)
    own = section.section(name)
    own.only(*_ORIGINS, "decimals", "times", "words", "lookup")
    origins = [each for each in _ORIGINS if each in own.content]
    if len(origins) != 1:
        raise MappingError(f"{own.place}: exactly one of {', '.join(_ORIGINS)} says where the value comes from.")
    lookup = own.optional_section("lookup")
    return Source(
        column=own.optional_text("column") or own.optional_text("external"),
        template=own.optional_text("template") or own.optional_text("code"),
        value=_constant(own.content.get("value")),
        refers_by=origins[0] if origins[0] in ("external", "code") else None,
        decimals=_decimals(own),
        times=_times(own),
        words=_named_words(own, words),
        lookup=_lookup(lookup) if lookup else None,
    )


def _constant(value: Any) -> Any:
    """YAML reads some texts as dates and numbers; proposals carry them as text."""
    return value if value is None or isinstance(value, bool | list | Mapping) else str(value)


def _decimals(section: _Section) -> int | None:
    value = section.content.get("decimals")
    if value is None or (isinstance(value, int) and 0 <= value <= _DECIMALS_MAX):
        return value
    raise MappingError(f"{section.place}.decimals: a number from 0 to {_DECIMALS_MAX} is expected, not {value!r}.")


def _times(section: _Section) -> Decimal | None:
    value = section.content.get("times")
    if value is None:
        return None
    try:
        factor = Decimal(str(value))
    except InvalidOperation:
        factor = Decimal("NaN")
    if not factor.is_finite():
        raise MappingError(f"{section.place}.times: a number is expected, not {value!r}.")
    return factor


def _named_words(section: _Section, words: _Words) -> Mapping[str, str] | None:
    name = section.optional_text("words")
    if name is not None and name not in words:
        raise MappingError(f"{section.place}.words: there is no list of words {name!r}.")
    return words[name] if name is not None else None


def _lookup(section: _Section) -> Lookup:
    section.only("file", "key", "column")
    return Lookup(file=section.text("file"), key=section.text("key"), column=section.text("column"))


def _only(section: _Section | None) -> Only | None:
    if section is None:
        return None
    section.only("column", "equals")
    return Only(column=section.text("column"), equals=str(section.content.get("equals", "")))


def _stock(section: _Section, words: _Words) -> StockMapping:
    section.only("file", "item", "quantity", "unit_cost", "location", "only")
    return StockMapping(
        file=section.text("file"),
        item=section.text("item"),
        quantity=_source(section, "quantity", words),
        unit_cost=_source(section, "unit_cost", words),
        location=section.text("location"),
        only=_only(section.optional_section("only")),
    )


def _orders(section: _Section, words: _Words) -> OrdersMapping:
    section.only("file", "key", "customer", "site", "placed_on", "requested_on", "shipped_on", "lines")
    lines = section.section("lines")
    lines.only("file", "order", "item", "quantity", "unit_price", "discount")
    return OrdersMapping(
        file=section.text("file"),
        key=section.text("key"),
        customer=section.text("customer"),
        site=section.text("site"),
        placed_on=_source(section, "placed_on", words),
        requested_on=_source(section, "requested_on", words),
        shipped_on=_source(section, "shipped_on", words),
        lines=OrderLinesMapping(
            file=lines.text("file"),
            order=lines.text("order"),
            item=lines.text("item"),
            quantity=_source(lines, "quantity", words),
            unit_price=_source(lines, "unit_price", words),
            discount=_source(lines, "discount", words),
        ),
    )
