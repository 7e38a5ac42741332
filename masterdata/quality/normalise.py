"""What is compared of names, addresses, numbers and identifiers: what people write in several ways, written in one.

What is left out or told the same way (legal forms, kinds of streets, abbreviations) is data: `words.yaml`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from masterdata.quality.text import digits, folded, words

_NUMBER = re.compile(r"\d+[a-z]?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")


@dataclass(frozen=True)
class Words:
    """The words that tell nothing, or the same as others."""

    legal_forms: frozenset[tuple[str, ...]]
    fillers: frozenset[str]
    spellings: dict[str, str]
    street_kinds: frozenset[str]
    street_suffixes: tuple[str, ...]
    building_parts: frozenset[str]


@cache
def known_words() -> Words:
    """The words of `words.yaml`."""
    told: dict[str, Any] = yaml.safe_load(files("masterdata.quality").joinpath("words.yaml").read_text("utf-8"))
    return Words(
        legal_forms=frozenset(tuple(form.split()) for form in told["legal_forms"]),
        fillers=frozenset(told["fillers"]),
        spellings=told["spellings"],
        street_kinds=frozenset(told["street_kinds"]),
        street_suffixes=tuple(told["street_suffixes"]),
        building_parts=frozenset(told["building_parts"]),
    )


def name(text: str) -> str:
    """A company's or a site's name without its legal form: `Müller GmbH & Co. KG` is `muller`."""
    known = known_words()
    kept = _without_legal_form(words(text), known)
    told = [known.spellings.get(word, word) for word in kept if word not in known.fillers]
    return " ".join(told or kept)


def _without_legal_form(told: list[str], known: Words) -> list[str]:
    """What stands before it, or all where nothing would be left."""
    kept = told
    while kept:
        if kept[-1] in known.fillers:
            kept = kept[:-1]
        elif form := next((n for n in (5, 4, 3, 2, 1) if tuple(kept[-n:]) in known.legal_forms), None):
            kept = kept[:-form]
        else:
            return kept
    return told


def street(text: str) -> str:
    """The name of the street alone: `Hauptstr. 12a` is `haupt`, `610 South Canal Street 170C` is `s canal`."""
    known = known_words()
    told = _outside_of_building(words(text), known)
    number = _house_number(told)
    named = [_street_word(word, known) for word in told if word != number and not _NUMBER.fullmatch(word)]
    kept = [word for word in named if word not in known.street_kinds]
    return " ".join(kept or named)


def house_number(text: str) -> str:
    """The number of the house: the first word if it is one, else the last that is. `47th Street` has none."""
    return _house_number(_outside_of_building(words(text), known_words()))


def _outside_of_building(told: Sequence[str], known: Words) -> list[str]:
    """The words before the floor or the room; all where they come first."""
    end = next((at for at, word in enumerate(told) if word in known.building_parts and at > 1), len(told))
    return list(told[:end])


def _house_number(told: Sequence[str]) -> str:
    numbers = [word for word in told if _NUMBER.fullmatch(word)]
    if not numbers:
        return ""
    return told[0] if told[0] == numbers[0] else numbers[-1]


def _street_word(word: str, known: Words) -> str:
    if ordinal := _ORDINAL.fullmatch(word):
        return ordinal[1]
    ending = next((end for end in known.street_suffixes if word.endswith(end) and len(word) > len(end) + 2), "")
    return known.spellings.get(word, word.removesuffix(ending))


def postal_code(text: str) -> str:
    """Letters and digits in upper case: `sw1a 1aa` is `SW1A1AA`, `D-10115` is `10115`."""
    bare = identifier(text)
    return digits(bare) if re.fullmatch(r"[A-Z]{1,2}\d{4,}", bare) else bare


def phone(text: str) -> str:
    """The digits of the subscriber, without the country: the last nine. What has fewer than five is no number."""
    number = digits(text)
    return number[-9:] if len(number) >= 5 else ""


def identifier(text: str) -> str:
    """Letters and digits in upper case: `DE 811.569-869` is `DE811569869`."""
    return folded(text).replace(" ", "").upper()


def gtin(text: str) -> str:
    """A Global Trade Item Number in 14 digits, as which GS1 compares those of 8, 12 and 13."""
    number = digits(text)
    return number.zfill(14) if number else ""
