"""Classes of goods: UNSPSC."""

from masterdata.standards.form import Reading, Wrong, is_digits, without


def unspsc(text: str) -> Reading:
    """A code of the United Nations Standard Products and Services Code: segment, family, class, commodity."""
    digits = without(text, " .-")
    if is_digits(digits) and len(digits) == 8 and digits[:2] != "00":
        return digits
    return Wrong("is no UNSPSC code: it has eight digits, two for each level, such as 31161500")
