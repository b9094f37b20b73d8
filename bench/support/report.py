"""Rows of figures, as a table for people or as JSON."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One case; the unit is named in `case`. A peer that is not installed is None.

    `ratio` is ours to the peer that the benchmark is about, `reach` what it (or, where there is no such peer,
    the figure itself) should not exceed; None: nothing is asked of this case.
    """

    case: str
    ours: float
    peers: Mapping[str, float | None] = field(default_factory=dict)
    ratio: float | None = None
    reach: float | None = None
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Options:
    """What every benchmark takes on its command line."""

    quick: bool
    as_json: bool


def options(description: str | None) -> Options:
    """The command line, read."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="few and small cases: seconds, not minutes")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON instead of a table")
    found = parser.parse_args()
    return Options(found.quick, found.as_json)


def compared(
    case: str, ours: float, peers: Mapping[str, float | None], to: str, reach: float | None = None
) -> Row:
    """A row whose ratio is ours to the peer `to`."""
    peer = peers[to]
    ratio = ours / peer if peer else None
    return Row(case, ours, peers, ratio, reach, reach is None or ratio is None or ratio <= reach)


def limited(case: str, ours: float, limit: float | None = None) -> Row:
    """A row without a peer: the figure itself is to stay within `limit`."""
    return Row(case, ours, reach=limit, ok=limit is None or ours <= limit)


def note(text: str) -> None:
    """Tell on standard error how far a benchmark is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def report(name: str, rows: Sequence[Row], as_json: bool) -> None:
    """Print `rows` on standard output."""
    if as_json:
        print(json.dumps({"bench": name, "rows": [_rounded(asdict(row)) for row in rows]}, indent=1))
        return
    peers = list(dict.fromkeys(peer for row in rows for peer in row.peers))
    table = [[name, "ours", *peers, "ratio", "reach", "ok"], *([*_cells(row, peers)] for row in rows)]
    widths = [max(len(line[at]) for line in table) for at in range(len(table[0]))]
    table.insert(1, ["-" * width for width in widths])
    for line in table:
        first, *others = line
        cells = [
            first.ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)),
        ]
        print(f"| {' | '.join(cells)} |")


def _cells(row: Row, peers: Sequence[str]) -> list[str]:
    figures = [row.ours, *(row.peers.get(peer) for peer in peers), row.ratio, row.reach]
    return [row.case, *(_shown(figure) for figure in figures), "yes" if row.ok else "NO"]


def _shown(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:.3f}" if figure < 10 else f"{figure:.1f}"


def _rounded(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return round(value, 4) if isinstance(value, float) else value
