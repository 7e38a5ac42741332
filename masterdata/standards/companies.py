"""Numbers of companies: for value-added tax, of the register of legal entities (LEI), and of Dun & Bradstreet (DUNS).

A VAT number begins with the country that gave it: a company may be registered in another country than its own. Numbers
of the European Union are checked by the rules of the member state, others by those of their country where its rules are
known, and else by their shape alone.
"""

import re

from stdnum import lei as register
from stdnum.eu import vat as european
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.util import get_cc_module

from masterdata.standards.countries import countries
from masterdata.standards.form import Reading, Wrong, is_digits, without

_SEPARATORS = " .-/"
_UNION = frozenset({*(state.upper() for state in european.MEMBER_STATES), "EL"}) - {"GR"}
_SHAPE = re.compile(r"[A-Z]{2}[A-Z0-9]{2,18}")
_LEI_SHAPE = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_VAT_EXAMPLE = "a VAT number begins with the code of its country, such as DE136695976 or NO995525828MVA"


def vat(text: str) -> Reading:
    """A number for value-added tax, with its country before it."""
    number = without(text, _SEPARATORS)
    if number.startswith("GR"):
        number = f"EL{number[2:]}"
    prefix = number[:2]
    if not _SHAPE.fullmatch(number) or not (prefix in _UNION or prefix in countries()):
        return Wrong(f"is no VAT number: {_VAT_EXAMPLE}")
    rules = european if prefix in _UNION else get_cc_module(prefix.lower(), "vat")
    if rules is None:
        return number
    try:
        checked = rules.validate(number)
    except InvalidChecksum:
        return Wrong("is mistyped: its check digits do not fit the other ones")
    except ValidationError:
        return Wrong(f"is no VAT number of {prefix}: {_VAT_EXAMPLE}")
    return checked if checked.startswith(prefix) else f"{prefix}{checked}"


def lei(text: str) -> Reading:
    """A Legal Entity Identifier (ISO 17442)."""
    code = without(text, " -")
    if not _LEI_SHAPE.fullmatch(code):
        return Wrong("is no LEI: it has 18 letters or digits and two check digits, such as 529900T8BM49AURSDO55")
    return code if register.is_valid(code) else Wrong("is mistyped: its check digits do not fit the other characters")


def duns(text: str) -> Reading:
    """A number of the Data Universal Numbering System. It has nine digits and no check digit."""
    digits = without(text, " -")
    if is_digits(digits) and len(digits) == 9:
        return digits
    return Wrong("is no DUNS number: it has nine digits, such as 15-048-3782")
