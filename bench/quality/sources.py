"""The data with known answers, read as records of a location: name, street, city, postal code, phone.

FEBRL's persons are invented and their mistakes as well. They have no company and no telephone, but the same kind of
fields: a name of several words, a house number and a street, a suburb, a postal code, and a number of seven digits
that is a person's own. The sites are real, gathered from nine lists, with the names that each list gave them.
"""

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

SHARED = Path(os.environ.get("WHARFINGER_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))

Record = Mapping[str, str]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Labelled:
    """Records, and for each the thing that it means."""

    title: str
    records: Sequence[Record]
    means: Sequence[str]

    def true_pairs(self) -> set[Pair]:
        """The pairs of places whose records mean the same thing."""
        return same(self.means)


def same(groups: Sequence[str]) -> set[Pair]:
    """The pairs of places with an equal entry."""
    places: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    return {pair for group in places.values() for pair in combinations(group, 2)}


def persons(number: int) -> Labelled:
    """FEBRL's data set of this number; a record's id says of which original it is a copy."""
    rows = _rows(SHARED / "er_febrl" / f"dataset{number}.csv")
    return _labelled(f"er_febrl {number}", rows, _person, lambda row: row["rec_id"].split("-")[1])


def sites() -> Labelled:
    """The sites of early education in Chicago."""
    rows = _rows(SHARED / "er_locations_dedupe" / "early_childhood_locations.csv")
    return _labelled("er_locations_dedupe", rows, _site, lambda row: row["True Id"])


def are_there() -> bool:
    """Whether both are beside the repository, or where WHARFINGER_SHARED_DATA says."""
    return all((SHARED / folder).is_dir() for folder in ("er_febrl", "er_locations_dedupe"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, skipinitialspace=True))


def _labelled(
    title: str,
    rows: Iterable[dict[str, str]],
    record: Callable[[Record], Record],
    meaning: Callable[[Record], str],
) -> Labelled:
    told = list(rows)
    return Labelled(title, [record(row) for row in told], [meaning(row) for row in told])


def _person(row: Record) -> Record:
    return {
        "name": f"{row['given_name']} {row['surname']}",
        "street": f"{row['street_number']} {row['address_1']}",
        "city": row["suburb"],
        "postal_code": row["postcode"],
        "phone": row["soc_sec_id"],
    }


def _site(row: Record) -> Record:
    return {"name": row["Site name"], "street": row["Address"], "postal_code": row["Zip"], "phone": row["Phone"]}
