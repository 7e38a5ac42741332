"""Standards in change requests: values kept in one form, identifiers given once, codes that the lists have."""

from typing import Any

import pytest

from masterdata.items.model import Item
from masterdata.parties.model import Customer, Supplier
from masterdata.standards.gs1 import printed_gtin
from tests.factories.stewards import Stewards, change, item, unit


def supplier(stewards: Stewards, name: str, **values: Any) -> Any:
    named = {"code": f"{name}-{stewards.tag}", "name": name, "currency": "EUR", **values}
    return change("supplier", key=name, **named)


def gtin_of(stewards: Stewards, number: int, *, digits: int = 14) -> str:
    """A GTIN that no other test has."""
    told = f"2{int(stewards.tag, 16) % 10**9:09}{number:03}"[13 - (digits - 1) :]
    body = f"2{told[1:]}"
    weights = (3 if place % 2 == 0 else 1 for place in range(len(body)))
    return f"{body}{-sum(weight * int(digit) for weight, digit in zip(weights, reversed(body), strict=True)) % 10}"


async def test_a_supplier_is_kept_as_the_standards_write_it(stewards: Stewards) -> None:
    (line,) = await stewards.change(
        supplier(
            stewards,
            "mill",
            country="de",
            region="Bremen",
            city="Bremen",
            postal_code="28195",
            street="Am Wall 1",
            tax_id="de 136.695.976",
            lei="529900t8bm49aursdo55",
            duns="15-048-3782",
            iban="DE89 3704 0044 0532 0130 00",
            bic="deutdeff500",
            currency="eur",
        )
    )
    assert (line.result, line.message) == ("created", None)
    mill = await stewards.row(Supplier, code=f"mill-{stewards.tag}")
    assert mill is not None
    assert [mill[name] for name in ("country", "tax_id", "lei", "duns", "iban", "bic", "currency")] == [
        "DE",
        "DE136695976",
        "529900T8BM49AURSDO55",
        "150483782",
        "DE89370400440532013000",
        "DEUTDEFF500",
        "EUR",
    ]
    again = supplier(stewards, "mill", tax_id="DE136695976", iban="DE89370400440532013000")
    assert [each.result for each in await stewards.change(again)] == ["unchanged"]
    empty = supplier(stewards, "mill", country=None, tax_id=None)
    assert [each.result for each in await stewards.change(empty)] == ["updated"]
    mill = await stewards.row(Supplier, code=f"mill-{stewards.tag}")
    assert mill is not None
    assert (mill["country"], mill["tax_id"]) == (None, None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tax_id": "DE136695977"}, "tax_id: 'DE136695977' is mistyped: its check digits do not fit the other ones"),
        ({"gln": "4012345000008"}, "gln: '4012345000008' is mistyped: "
         "after 401234500000 its check digit would be 9, not 8"),
        ({"currency": "DEM"}, "currency: 'DEM' is the code of Deutsche Mark, "
         "withdrawn in 2002-03: use what followed it"),
        ({"currency": "QQQ"}, "currency: no currency with the code 'QQQ' is known"),
        ({"country": "Germany"}, "country: 'Germany' is no country code of ISO 3166-1, such as DE"),
        ({"iban": "DE89"}, "iban: 'DE89' is no IBAN: an IBAN begins with its country and two check digits, "
         "such as DE89 3704 0044 0532 0130 00"),
    ],
)  # fmt: skip
async def test_what_no_standard_knows_is_refused(stewards: Stewards, values: dict[str, str], message: str) -> None:
    (line,) = await stewards.change(supplier(stewards, "mill", **values))
    assert (line.result, line.message) == ("refused", message)


async def test_a_gtin_is_of_one_item(stewards: Stewards) -> None:
    first, second = gtin_of(stewards, 1), gtin_of(stewards, 2)
    results = await stewards.change(
        unit("C62"),
        item(stewards, "rope", gtin=first),
        item(stewards, "nail", gtin=f" {first} "),
        item(stewards, "bolt", gtin=second),
        item(stewards, "hook"),
    )
    assert [each.message for each in results] == [
        None,
        None,
        f"gtin: line 2 gives {first} to another item",
        None,
        None,
    ]
    results = await stewards.change(
        item(stewards, "hook", gtin=first), item(stewards, "rope", gtin=first, category="x"), item(stewards, "bolt")
    )
    assert [(each.result, each.message) for each in results] == [
        ("refused", f"gtin: another item has {first} already"),
        ("updated", None),
        ("unchanged", None),
    ]
    rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert rope is not None
    assert (rope["gtin"], rope["gtin_printed"]) == (first, first)


@pytest.mark.parametrize("digits", [8, 12, 13, 14])
async def test_a_gtin_is_shown_as_it_is_printed(stewards: Stewards, digits: int) -> None:
    gtin = gtin_of(stewards, 7, digits=digits)
    results = await stewards.change(unit("C62"), item(stewards, "rope", gtin=gtin))
    assert results[1].message is None
    rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert rope is not None
    assert (rope["gtin"], rope["gtin_printed"]) == (gtin.zfill(14), gtin) == (rope["gtin"], printed_gtin(rope["gtin"]))


async def test_a_tax_number_is_of_one_customer_in_a_country(stewards: Stewards) -> None:
    """One is registered in Germany too: the same number, in another country, is another customer."""
    baker, other, abroad = (
        change("customer", key=name, code=f"{name}-{stewards.tag}", name=name, country=country, tax_id="DE136695976")
        for name, country in (("baker", "NL"), ("other", "NL"), ("abroad", "BE"))
    )
    results = await stewards.change(baker, other, abroad)
    assert [each.message for each in results] == [
        None,
        "tax_id: line 1 gives DE136695976 to another customer",
        None,
    ]
    moved = change("customer", key="abroad", country="NL")
    assert [each.message for each in await stewards.change(moved)] == [
        "tax_id: another customer has DE136695976 already"
    ]
    await stewards.change(*(change("customer", key=key, tax_id=None) for key in ("baker", "abroad")))
    assert await stewards.rows(Customer, tax_id="DE136695976") == []


async def test_measurements_have_units_that_fit(stewards: Stewards) -> None:
    units = [
        change("unit", code=code, name=code, dimension=dimension)
        for code, dimension in (("KGM", "mass"), ("MMT", "length"))
    ]
    results = await stewards.change(
        unit("C62"),
        *units,
        item(stewards, "a", net_weight="1.5", gross_weight="2", weight_unit="kgm", length="300", size_unit="MMT"),
        item(stewards, "b", net_weight="1.5"),
        item(stewards, "c", net_weight="1.5", gross_weight="1", weight_unit="KGM"),
        item(stewards, "d", net_weight="1.5", weight_unit="MMT"),
        item(stewards, "e", height="3"),
        item(stewards, "f", height="-3", size_unit="MMT"),
        change("item", sku=f"g-{stewards.tag}", name="g", base_unit="BX"),
    )
    assert [each.message for each in results[3:]] == [
        None,
        "weight_unit: is missing: say in which unit the weights are, such as KGM",
        "gross_weight: 1 is less than the net weight 1.5: with its packing nothing is lighter",
        "weight_unit: 'MMT' is a unit of length: use one of mass, such as KGM",
        "size_unit: is missing: say in which unit length, width and height are, such as MMT",
        "height: '-3' is not more than 0",
        "base_unit: 'BX' was given up by UN/ECE Recommendation 20: use XBX, box",
    ]


async def test_a_factor_is_whole_and_complete(stewards: Stewards) -> None:
    span: dict[str, Any] = {"code": "Z9", "name": "span", "dimension": "length"}
    for values, message in (
        ({"numerator": "2286"}, "numerator: a factor has a numerator and a denominator, or there is none"),
        ({"numerator": "0.2286", "denominator": "1"}, "numerator: '0.2286' is no whole number"),
        ({"numerator": "0", "denominator": "1"}, "numerator: '0' is not more than 0"),
        ({"dimension": "charm"}, None),
    ):
        (line,) = await stewards.change(change("unit", **{**span, **values}))
        assert line.result == "refused"
        assert message is None or line.message == message
