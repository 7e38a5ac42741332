"""`python -m bench.quality`: how well the profile of locations finds duplicates. `--learn` counts its weights again."""

import argparse
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from bench.quality.learning import Plateau, best_thresholds, learnt
from bench.quality.measure import Measured, Quality, measure
from bench.quality.sources import SHARED, are_there, persons, sites
from masterdata.quality.profile import Comparison, Profile, profiles

NOUN = "location"
LEARNT_ON = 3
CHOSEN_ON = 2
LOG_WIDTH = 140  # of the table in a file, which has no width of its own


def main() -> None:
    """Reads the arguments, and measures or learns."""
    given = _arguments()
    console = Console()
    if not console.is_terminal:
        console.width = LOG_WIDTH
    if not are_there():
        console.print(
            f"Nothing is measured: er_febrl and er_locations_dedupe are not in {SHARED} (WHARFINGER_SHARED_DATA)."
        )
    elif given.learn:
        _learn(profiles()[NOUN], console)
    else:
        profile = profiles()[NOUN]
        console.print(
            _measured(measure(profile, labelled) for labelled in (sites(), persons(1), persons(2), persons(3)))
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument(
        "--learn", action="store_true", help="count weights and thresholds, beside those of the profile"
    )
    return parser.parse_args()


def _measured(results: Iterable[Measured]) -> Table:
    table = Table(
        title="Duplicates found, pair by pair",
        caption=f"Weights from er_febrl {LEARNT_ON}, the threshold from er_febrl {CHOSEN_ON}, none from the sites.\n"
        "Candidates: the share of true pairs that is compared at all. Pairs: within the groups that are made of them.\n"
        "Certain: pairs that nobody would be asked about.",
    )
    headings = ("data", "records", "true pairs", "compared", "of true", "precision", "recall", "F1", "certain", "right")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "data" else "right")
    for result in results:
        table.add_row(*_cells(result))
    return table


def _cells(result: Measured) -> tuple[str, ...]:
    return (
        result.title,
        f"{result.records:,}",
        f"{result.pairs.true:,}",
        f"{result.candidates.found:,}",
        _percent(result.candidates.recall),
        *map(_percent, _of(result.pairs)),
        f"{result.certain.found:,}",
        _percent(result.certain.precision),
    )


def _of(quality: Quality) -> tuple[float, float, float]:
    return quality.precision, quality.recall, quality.f1


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _learn(profile: Profile, console: Console) -> None:
    counted = learnt(profile, persons(LEARNT_ON))
    console.print(_levels(zip(profile.comparisons, counted.comparisons, strict=True)))
    console.print(_thresholds(profile, best_thresholds(counted, persons(CHOSEN_ON))))


def _levels(told: Iterable[tuple[Comparison, Comparison]]) -> Table:
    table = Table(title=f"Weights, counted on er_febrl {LEARNT_ON}", caption="log2(m / u), in bits")
    for heading in ("field", "from similarity", "profile", "counted"):
        table.add_column(heading, justify="left" if heading == "field" else "right")
    for ours, counted in told:
        for level, other in zip(ours.levels, counted.levels, strict=True):
            table.add_row(ours.field, f"{level.similarity}", f"{level.weight:+.1f}", f"{other.weight:+.1f}")
    return table


def _thresholds(profile: Profile, plateau: Plateau) -> str:
    return (
        f"Thresholds on er_febrl {CHOSEN_ON}: F1 is best ({_percent(plateau.f1)}) from {plateau.least} to "
        f"{plateau.most}, the middle is {plateau.middle}. The profile says {profile.review}."
    )


if __name__ == "__main__":
    main()
