"""Accounts and banks: IBAN (ISO 13616) and BIC (ISO 9362)."""

import re

from stdnum import bic as banks
from stdnum import iban as accounts
from stdnum.exceptions import InvalidChecksum, ValidationError

from masterdata.standards.form import Reading, Wrong, without

_SHAPE = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_EXAMPLE = "an IBAN begins with its country and two check digits, such as DE89 3704 0044 0532 0130 00"


def iban(text: str) -> Reading:
    """An International Bank Account Number, checked by the rules of its country too."""
    number = without(text, " -.")
    if not _SHAPE.fullmatch(number):
        return Wrong(f"is no IBAN: {_EXAMPLE}")
    try:
        return accounts.validate(number)
    except InvalidChecksum:
        return Wrong("is mistyped: its check digits do not fit the other characters")
    except ValidationError:
        return Wrong(f"is no IBAN: {_EXAMPLE}")


def bic(text: str) -> Reading:
    """A Business Identifier Code of a bank, with or without its branch."""
    code = without(text, " -")
    if banks.is_valid(code):
        return code
    return Wrong("is no BIC: it has 8 or 11 characters, such as DEUTDEFF or DEUTDEFF500")
