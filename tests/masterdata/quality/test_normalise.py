"""What people write in several ways becomes one."""

import pytest

from masterdata.quality import normalise
from masterdata.quality.text import digits, folded


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Société Générale S.A.", "societe generale sa"),
        ("O'Neill & Sons", "oneill sons"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Neill", "oneill"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź Øresund Þór İzmir", "lodz oresund thor izmir"),
        ("ﬁne \N{FULLWIDTH LATIN CAPITAL LETTER A}", "fine a"),
        ("W.47th", "w 47th"),
        ("  -- ", ""),
    ],
)
def test_text_is_folded(written: str, told: str) -> None:
    assert folded(written) == told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Müller GmbH & Co. KG", "muller"),
        ("Acme Pty. Ltd.", "acme"),
        ("ACME, Inc", "acme"),
        ("Nestlé S.A.", "nestle"),
        ("Ferrero S.p.A.", "ferrero"),
        ("Maschinenbau Weber Gesellschaft mit beschränkter Haftung", "maschinenbau weber"),
        ("Kowalski sp. z o.o.", "kowalski"),
        ("The Bank of England", "bank england"),
        ("Intl. Mfg. Svcs. Ltd", "international manufacturing services"),
        ("Saint-Gobain", "st gobain"),
        ("AG", "ag"),
        ("Co. Ltd.", "co ltd"),
        ("The The", "the the"),
        ("", ""),
    ],
)
def test_a_name_is_told_without_its_legal_form(written: str, told: str) -> None:
    assert normalise.name(written) == told


@pytest.mark.parametrize(
    ("written", "street", "number"),
    [
        ("Hauptstraße 12a", "haupt", "12a"),
        ("Hauptstr. 12a", "haupt", "12a"),
        ("610 South Canal Street 170C", "s canal", "610"),
        ("610 S. Canal St.", "s canal", "610"),
        ("37 West 47th Street", "w 47", "37"),
        ("47th Street", "47", ""),
        ("219 South Dearborn Second Floor", "s dearborn second", "219"),
        ("12 rue de la Paix", "de la paix", "12"),
        ("Avenue Road", "avenue road", ""),
        ("Floor 3, 9 High Street", "floor high", "9"),
        ("", "", ""),
    ],
)
def test_an_address_is_a_street_and_a_number(written: str, street: str, number: str) -> None:
    assert (normalise.street(written), normalise.house_number(written)) == (street, number)


@pytest.mark.parametrize(
    ("written", "told"),
    [("sw1a 1aa", "SW1A1AA"), ("D-10115", "10115"), ("10115", "10115"), ("1012 AB", "1012AB"), (" ", "")],
)
def test_a_postal_code_has_letters_and_digits_alone(written: str, told: str) -> None:
    assert normalise.postal_code(written) == told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("+49 (30) 901820-00", "090182000"),
        ("0049 30 90182000", "090182000"),
        ("555-0199", "5550199"),
        ("n/a", ""),
        ("110", ""),
    ],
)
def test_a_phone_number_is_that_of_the_subscriber(written: str, told: str) -> None:
    assert normalise.phone(written) == told


def test_identifiers_lose_blanks_and_marks_and_gtins_gain_zeros() -> None:
    assert normalise.identifier("de 811.569-869") == "DE811569869"
    assert normalise.gtin("4006381333931") == normalise.gtin("0-4006381-33393 1") == "04006381333931"
    assert normalise.gtin("") == ""


def test_digits_of_every_script_that_means_them_are_ascii() -> None:
    assert digits("tel. \N{FULLWIDTH DIGIT ONE}2x3") == "123"
