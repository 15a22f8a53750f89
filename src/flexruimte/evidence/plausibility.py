"""Whether the values of a layer can be what its name says: in range, and spread as on such a map.

A raster of another quantity, or in another unit, is read without an error and scored as if it were
right. What is said here is a warning: the values are used as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.evidence.layers import layer_settings
from flexruimte.evidence.sources import Source, Window
from flexruimte.kernels.raster import Grid
from flexruimte.rules.parts import CELLS, Expected, LayerSpec, Steps
from flexruimte.vocabulary import Floats

__all__ = ["doubts_about_cells", "doubts_about_field"]

_CELLS_AT_ONCE = 2**22
_CELLS_FOR_MEDIAN = 20_000
_LEAST_FOR_SPREAD = 30
"""Of fewer values it cannot be said how they are spread."""
_LEAST_TO_VARY = 500
"""So many cells of one map of a town are not all the same, unless there is nothing (0)."""
_NUMBER = r"(-?\d+(?:[.,]\d+)?)"
_REMEDY = "see whether it is the right file and band, and give its unit with scale = ..."


@dataclass
class _Seen:
    """What was seen of values, a part of them at a time."""

    expected: Expected
    is_map: bool
    """Whether they are the cells of a map, which are not all the same."""
    count: int = 0
    below: int = 0
    above: int = 0
    zeros: int = 0
    broken: int = 0
    """Values that are not whole."""
    low: float = np.inf
    high: float = -np.inf
    some: list[Floats] = field(default_factory=list)
    """Values spread over all, for the median."""

    def add(self, values: Floats) -> None:
        """Take note of values, of which none is NaN. (n,) float64"""
        if not len(values):
            return
        low, high = self.expected.range
        # Values are stored with fewer digits than a range is written with.
        margin = 1e-6 * max(abs(low), abs(high))
        self.count += len(values)
        self.below += int((values < low - margin).sum())
        self.above += int((values > high + margin).sum())
        self.zeros += int((values == 0).sum())
        if self.expected.whole:
            self.broken += int((values != np.round(values)).sum())
        self.low, self.high = min(self.low, values.min()), max(self.high, values.max())
        self.some.append(values[:: -(-len(values) // _CELLS_FOR_MEDIAN)])

    def doubts(self, what: str) -> Iterator[str]:
        """Yield what is not as expected; `what` is the plural of what was seen."""
        expected = self.expected
        low, high = expected.range
        outside = self.below + self.above
        if outside:
            yield (
                f"{outside} of {self.count} {what} ({_percent(outside, self.count)}) lie "
                f"outside {low:g} to {high:g} {expected.unit}: there are {self.low:g} to "
                f"{self.high:g}"
            )
        if self.broken:
            yield (
                f"{self.broken} of {self.count} {what} are no whole numbers, so no {expected.unit}"
            )
        if self.count < _LEAST_FOR_SPREAD:
            return
        if self.is_map and self.count >= _LEAST_TO_VARY and self.low == self.high != 0:
            yield (
                f"all of its {self.count} {what} are {self.low:g}, where such a map differs from "
                "place to place"
            )
            return
        middle = float(np.median(np.concatenate(self.some)))
        if not outside and expected.median and not _within(middle, expected.median):
            yield (
                f"half of its {what} are below {middle:g}, where on such a map that is "
                f"{expected.median[0]:g} to {expected.median[1]:g} {expected.unit}"
            )
        most = expected.zeros_at_most
        if most is not None and self.zeros > most * self.count:
            yield (
                f"{self.zeros / self.count:.0%} of its {what} are exactly 0: if that stands for "
                "missing, say nodata = 0"
            )


def _percent(part: int, whole: int) -> str:
    """Return a share in percent: of what is not all or nothing never 100% or 0%."""
    return f"{min(max(100 * part / whole, 0.1), 99.9 if part < whole else 100.0):.3g}%"


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def doubts_about_cells(
    spec: LayerSpec, source: Source, windows: Iterable[Window]
) -> tuple[int, list[str]]:
    """Read all cells of a raster in some windows, and say how they differ from what is expected.

    Parameters
    ----------
    spec
        Description of the layer in the ruleset.
    source
        Where the raster is read from.
    windows
        In RD New. [m]

    Returns
    -------
    valid
        Number of cells with a value that counts.
    doubts
        What is not as expected, each with its remedy.

    Raises
    ------
    SourceError, LayerError
        When a block of the raster cannot be read, or the raster cannot be used.
    """
    expected = spec.expected.get(CELLS)
    low, high = layer_settings(source).valid or spec.valid or (-np.inf, np.inf)
    sentinels = [*map(float, spec.recode), *([] if spec.nodata is None else [spec.nodata])]
    seen = None if expected is None else _Seen(expected, is_map=True)
    valid = beyond = steps = pairs = 0
    for grid in _strips(source, windows, spec.nodata):
        values = grid.cells[~np.isnan(grid.cells)]
        inside = (values >= low) & (values <= high)
        valid += int(inside.sum())
        beyond += int(len(values) - inside.sum())
        if seen is not None:
            seen.add(values[~np.isin(values, sentinels)])
        if expected is not None and expected.steps is not None:
            found, of = _steps(grid, expected.steps)
            steps, pairs = steps + found, pairs + of
    doubts = [] if seen is None else list(seen.doubts("cells"))
    if seen is None and beyond:
        doubts.append(f"{beyond} cells lie outside {low:g} to {high:g} {spec.unit} and are missing")
    if expected is not None and expected.steps is not None and pairs >= _LEAST_FOR_SPREAD:
        rule = expected.steps
        if steps > rule.share_at_most * pairs:
            doubts.append(
                f"{steps / pairs:.1%} of its neighbouring cells differ by more than {rule.over:g} "
                f"{expected.unit}, as walls do: it may hold buildings, or be in another unit"
            )
    return valid, [f"{source.label}: {doubt}; {_REMEDY}" for doubt in doubts]


def _strips(source: Source, windows: Iterable[Window], nodata: float | None) -> Iterator[Grid]:
    """Yield the cells of windows, in strips of rows that fit in memory."""
    width_m, height_m = source.cell_m
    for left, bottom, right, top in windows:
        rows = max(int(_CELLS_AT_ONCE * width_m / max(right - left, width_m)), 1)
        for start in np.arange(bottom, top, rows * height_m):
            end = min(start + rows * height_m, top)
            yield source.read_grid((left, float(start), right, float(end)), nodata)


def _steps(grid: Grid, rule: Steps) -> tuple[int, int]:
    """Return how many neighbouring cells differ by a step, and how many there are."""
    found = of = 0
    for axis, distance_m in ((1, grid.cell_m[0]), (0, grid.cell_m[1])):
        change = np.abs(np.diff(grid.cells, axis=axis))
        found += int((change > max(rule.over, rule.over_per_m * distance_m)).sum())
        of += int((~np.isnan(change)).sum())
    return found, of


def doubts_about_field(expected: Expected, values: pd.Series[Any]) -> list[str]:
    """Say how the numbers in a field differ from what is expected.

    Of a text the first number counts, with a point or a comma; what holds no number is left out.

    Examples
    --------
    >>> years = Expected(range=(1990, 2100), unit="year", source="chosen", basis="assumption")
    >>> doubts_about_field(years, pd.Series([2028, 20290, None]))
    ['1 of 2 values (50%) lie outside 1990 to 2100 year: there are 2028 to 20290']
    """
    if not pd.api.types.is_numeric_dtype(values.dtype):
        text = values.astype("string").str.extract(_NUMBER, expand=True).iloc[:, 0]
        values = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
    numbers: Floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    seen = _Seen(expected, is_map=False)
    seen.add(numbers[np.isfinite(numbers)])
    return list(seen.doubts("values"))
