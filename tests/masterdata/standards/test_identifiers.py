"""Identifiers as they are typed, and as they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterdata.standards.banking import bic, iban
from masterdata.standards.classes import unspsc
from masterdata.standards.companies import duns, lei, vat
from masterdata.standards.form import Standard, Wrong
from masterdata.standards.gs1 import gln, gtin, printed_gtin, sscc

ALL = (gtin, gln, sscc, vat, lei, duns, iban, bic, unspsc)


@pytest.mark.parametrize(
    ("standard", "typed", "kept"),
    [
        (gtin, "4006381333931", "04006381333931"),
        (gtin, " 0 36000 29145 2 ", "00036000291452"),
        (gtin, "9638-5074", "00000096385074"),
        (gtin, "10012345678902", "10012345678902"),
        (gln, "40 12345 00000 9", "4012345000009"),
        (sscc, "(00) 3 4012345 000000000 0", "340123450000000000"),
        (vat, "de 136.695.976", "DE136695976"),
        (vat, "ATU13585627", "ATU13585627"),
        (vat, "FR 40 303 265 045", "FR40303265045"),
        (vat, "GR094259216", "EL094259216"),
        (vat, "XI980780684", "XI980780684"),
        (vat, "GB 980 7806 84", "GB980780684"),
        (vat, "NO 995 525 828 MVA", "NO995525828MVA"),
        (vat, "CHE-107.787.577 IVA", "CHE107787577IVA"),
        (vat, "US 12-3456789", "US123456789"),
        (lei, "529900t8bm49aursdo55", "529900T8BM49AURSDO55"),
        (duns, "15-048-3782", "150483782"),
        (iban, "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (iban, "no93 8601 1117 947", "NO9386011117947"),
        (bic, "deut de ff 500", "DEUTDEFF500"),
        (unspsc, "31.16.15.00", "31161500"),
    ],
)
def test_what_is_typed_in_many_ways_is_kept_in_one(standard: Standard, typed: str, kept: str) -> None:
    assert standard(typed) == kept
    assert standard(kept) == kept


@pytest.mark.parametrize(
    ("standard", "typed", "words"),
    [
        (gtin, "4006381333932", "its check digit would be 1, not 2"),
        (gtin, "400638133393", "its check digit would be"),
        (gtin, "40063813339", "has 11 digits: a GTIN has 8, 12, 13 or 14 digits, such as 4006381333931"),
        (gtin, "٤٠٠٦٣٨١٣٣٣٩٣١", "has other characters than digits"),
        (gtin, "00000000", "is nobody's number"),
        (gln, "96385074", "has 8 digits: a GLN has 13 digits"),
        (sscc, "340123450000000001", "its check digit would be 0, not 1"),
        (vat, "136695976", "a VAT number begins with the code of its country"),
        (vat, "DE136695977", "is mistyped"),
        (vat, "DE1366959", "is no VAT number of DE"),
        (vat, "QQ136695976", "a VAT number begins with the code of its country"),
        (lei, "529900T8BM49AURSDO56", "is mistyped"),
        (lei, "529900T8BM49AURSDO5", "has 18 letters or digits and two check digits"),
        (duns, "15-048-378", "it has nine digits"),
        (iban, "DE89 3704 0044 0532 0130 01", "is mistyped"),
        (iban, "DE89 3704", "an IBAN begins with its country"),
        (bic, "DEUTZZFF", "it has 8 or 11 characters"),
        (unspsc, "00161500", "it has eight digits"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_right(standard: Standard, typed: str, words: str) -> None:
    reading = standard(typed)
    assert isinstance(reading, Wrong)
    assert words in reading.why


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("10012345678902", "10012345678902"),
    ],
)
def test_a_gtin_is_printed_with_the_digits_that_it_was_given_with(printed: str, kept: str) -> None:
    assert gtin(printed) == kept
    assert printed_gtin(kept) == printed


@pytest.mark.parametrize("standard", ALL)
@given(typed=st.text(max_size=40))
def test_whatever_is_typed_is_answered(standard: Standard, typed: str) -> None:
    """And what is kept is kept: to read it again changes nothing."""
    reading = standard(typed)
    if isinstance(reading, str):
        assert standard(reading) == reading
        assert reading.isascii()
        assert reading.isalnum()


@given(st.integers(1, 10**13 - 1), st.integers(0, 9))
def test_one_wrong_digit_is_always_seen(number: int, digit: int) -> None:
    """Whichever of the digits it is."""
    right = next(text for check in range(10) if isinstance(gtin(text := f"{number:013}{check}"), str))
    for place in range(14):
        wrong = f"{right[:place]}{digit}{right[place + 1 :]}"
        assert isinstance(gtin(wrong), str) is (wrong == right)
