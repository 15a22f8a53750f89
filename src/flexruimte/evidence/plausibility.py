"""Whether the values of a layer can be what its name says: in range, and spread as on such a map.

A raster of another quantity, or in another unit, is read without an error and scored as if it were
right. What is said here is a warning: the values are used as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from flexruimte.evidence.layers import layer_settings
from flexruimte.evidence.sources import Source, Window
from flexruimte.kernels.overlap import polygonal
from flexruimte.kernels.raster import Grid, cell_statistics
from flexruimte.rules.parts import CELLS, Expected, LayerSpec, Steps
from flexruimte.vocabulary import Booleans, Floats
from flexruimte.wording.said import Said, said

__all__ = ["doubts_about_cells", "doubts_about_field"]

_CELLS_AT_ONCE = 2**22
_CELLS_FOR_MEDIAN = 20_000
_LEAST_FOR_SPREAD = 30
"""Of fewer values it cannot be said how they are spread."""
_MUCH_KNOWN = 0.5
"""An area in which less of a raster than this has a value is named."""
_LEAST_TO_VARY = 500
"""So many cells of one map of a town are not all the same, unless there is nothing (0)."""
_NUMBER = r"(-?\d+(?:[.,]\d+)?)"


@dataclass
class _Seen:
    """What was seen of values, a part of them at a time."""

    expected: Expected
    cell_holding: Callable[[float], float] | None = None
    """Of the cells of a map, which are not all the same: what a cell with some value holds."""
    count: int = 0
    below: int = 0
    above: int = 0
    outside_low: float = np.inf
    outside_high: float = -np.inf
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
        below, above = values < low - margin, values > high + margin
        self.below += int(below.sum())
        self.above += int(above.sum())
        outside = values[below | above]
        if len(outside):
            self.outside_low = min(self.outside_low, outside.min())
            self.outside_high = max(self.outside_high, outside.max())
        self.zeros += int((values == 0).sum())
        if self.expected.whole:
            self.broken += int((values != np.round(values)).sum())
        self.low, self.high = min(self.low, values.min()), max(self.high, values.max())
        self.some.append(values[:: -(-len(values) // _CELLS_FOR_MEDIAN)])

    def _seen_outside(self, outside: int) -> Said:
        """Return what values lie outside the range, and what one value of many stands for."""
        if self.outside_low != self.outside_high or outside < 2:
            return said("doubt-there", low=self.low, high=self.high)
        if self.cell_holding is None:
            return said("doubt-only", value=self.outside_low)
        nodata = f"{self.cell_holding(self.outside_low):g}"  # as TOML writes it
        return said("doubt-missing", value=self.outside_low, nodata=nodata)

    def doubts(self) -> Iterator[Said]:
        """Yield what is not as expected."""
        expected, is_map = self.expected, self.cell_holding is not None
        (low, high), unit = expected.range, expected.unit
        what = said("doubt-cells" if is_map else "doubt-values")
        count = str(self.count)
        outside = self.below + self.above
        if outside:
            share = said("doubt-percent", number=_percent(outside, self.count))
            yield said(
                "doubt-outside",
                number=str(outside),
                count=count,
                what=what,
                share=share,
                low=low,
                high=high,
                unit=unit,
                seen=self._seen_outside(outside),
            )
        if self.broken:
            broken = str(self.broken)
            yield said("doubt-not-whole", number=broken, count=count, what=what, unit=unit)
        if self.count < _LEAST_FOR_SPREAD:
            return
        if is_map and self.count >= _LEAST_TO_VARY and self.low == self.high != 0:
            yield said("doubt-all-alike", count=count, what=what, value=self.low)
            return
        middle = float(np.median(np.concatenate(self.some)))
        if not outside and expected.median and not _within(middle, expected.median):
            low, high = expected.median
            yield said("doubt-half", what=what, value=middle, low=low, high=high, unit=unit)
        most = expected.zeros_at_most
        if not is_map and most is not None and self.zeros > most * self.count:
            yield said("doubt-zeros", share=_share(self.zeros / self.count), what=what)


def _percent(part: int, whole: int) -> float:
    """Return a share in percent: of what is not all or nothing never 100% or 0%."""
    return float(f"{min(max(100 * part / whole, 0.1), 99.9 if part < whole else 100.0):.3g}")


def _share(share: float, decimals: int = 0) -> Said:
    return said("doubt-percent", number=round(100 * share, decimals))


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def doubts_about_cells(
    spec: LayerSpec, source: Source, areas: Mapping[str, Any] | Mapping[Said, Any]
) -> tuple[int, list[Said], list[Said]]:
    """Read all cells of a raster around some areas, and say how they differ from what is expected.

    Parameters
    ----------
    spec
        Description of the layer in the ruleset.
    source
        Where the raster is read from.
    areas
        Polygons in RD New, by the name that sentences have for them. [m]

    Returns
    -------
    valid
        Number of cells with a value that counts.
    doubts
        What is not as expected, each with its remedy, as may be said behind the source's name.
    gaps
        In which areas much is missing: what the source "has a value in".

    Raises
    ------
    SourceError, LayerError
        When a block of the raster cannot be read, or the raster cannot be used.
    """
    expected = spec.expected.get(CELLS)
    low, high = layer_settings(source).valid or spec.valid or (-np.inf, np.inf)
    sentinels = [*map(float, spec.recode), *([] if spec.nodata is None else [spec.nodata])]
    seen = None if expected is None else _Seen(expected, source.cell_holding)
    valid = beyond = steps = pairs = 0
    extent = source.check_raster()
    known: dict[str | Said, float] = {}
    zero: dict[str | Said, float] = {}
    for name, area in areas.items():
        known_m2 = zero_m2 = 0.0
        for strip, grid in _strips(source, area.bounds, spec.nodata):
            present = ~np.isnan(grid.cells)
            values = grid.cells[present]
            inside = (grid.cells >= low) & (grid.cells <= high)
            valid += int(inside.sum())
            beyond += int(len(values) - inside.sum())
            if seen is not None:
                seen.add(values[~np.isin(values, sentinels)])
            if expected is not None and expected.steps is not None:
                found, of = _steps(_recoded(grid, inside, spec), expected.steps)
                steps, pairs = steps + found, pairs + of
            of_strip, zeros = _covered_m2(shapely.clip_by_rect(area, *strip), grid, present)
            known_m2, zero_m2 = known_m2 + of_strip, zero_m2 + zeros
        # Beyond its extent it is told that it does not reach.
        reached_m2 = shapely.area(shapely.clip_by_rect(area, *extent))
        known[name] = known_m2 / reached_m2 if reached_m2 else 1.0
        zero[name] = zero_m2 / max(known_m2, 1.0)
    doubts = [] if seen is None else list(seen.doubts())
    if seen is None and beyond:
        unit = str(spec.unit)
        doubts.append(said("doubt-beyond", number=str(beyond), low=low, high=high, unit=unit))
    if expected is not None:
        doubts += _doubts_about_spread(expected, steps, pairs, zero)
    told = [said("doubt-remedy", doubt=doubt) for doubt in doubts]
    return valid, told, list(_doubts_about_gaps(known)) if valid else []


def _doubts_about_spread(
    expected: Expected, steps: int, pairs: int, zero: Mapping[str | Said, float]
) -> Iterator[Said]:
    """Yield whether neighbouring cells differ too much, and whether too many are 0."""
    rule, most = expected.steps, expected.zeros_at_most
    if rule is not None and pairs >= _LEAST_FOR_SPREAD and steps > rule.share_at_most * pairs:
        share = _share(steps / pairs, 1)
        yield said("doubt-steps", share=share, step=rule.over, unit=expected.unit)
    filled = [name for name, share in zero.items() if most is not None and share > most]
    if filled:
        yield said("doubt-filled", share=_share(zero[filled[0]]), place=_first_of(filled))


def _doubts_about_gaps(known: Mapping[str | Said, float]) -> Iterator[Said]:
    """Yield in which areas much of the raster is missing, of what its extent reaches."""
    short = [name for name, share in known.items() if share < _MUCH_KNOWN]
    if short:
        yield said("doubt-gaps", share=_share(known[short[0]]), place=_first_of(short))


def _first_of(names: Sequence[str | Said]) -> str | Said:
    more = len(names) - 1
    return said("doubt-and-more", place=names[0], number=str(more)) if more else names[0]


def _covered_m2(area: Any, grid: Grid, valid: Booleans) -> tuple[float, float]:
    """Return how much of an area lies on valid cells, and how much on those that hold 0. [m2]"""
    if area.is_empty or not valid.any():
        return 0.0, 0.0
    is_zero = np.where(valid, grid.cells == 0, np.nan)
    polygons = polygonal(np.array([area], dtype=object))
    (found,) = cell_statistics(polygons, [replace(grid, cells=is_zero)])
    covered_m2 = float(found.covered_m2[0])
    return covered_m2, float(np.nan_to_num(found.mean[0])) * covered_m2


def _recoded(grid: Grid, valid: Booleans, spec: LayerSpec) -> Grid:
    """Return the cells that count, with what their sentinels stand for."""
    cells = np.where(valid, grid.cells, np.nan)
    for sentinel, meaning in spec.recode.items():
        cells[grid.cells == float(sentinel)] = meaning
    return replace(grid, cells=cells)


def _strips(source: Source, bounds: Window, nodata: float | None) -> Iterator[tuple[Window, Grid]]:
    """Yield the cells of a window, in strips of rows that fit in memory, with the strips."""
    width_m, height_m = source.cell_m
    left, bottom, right, top = bounds
    rows = max(int(_CELLS_AT_ONCE * width_m / max(right - left, width_m)), 1)
    for start in np.arange(bottom, top, rows * height_m):
        strip = left, float(start), right, float(min(start + rows * height_m, top))
        yield strip, source.read_grid(strip, nodata)


def _steps(grid: Grid, rule: Steps) -> tuple[int, int]:
    """Return how many neighbouring cells differ by a step, and how many there are."""
    found = of = 0
    for axis, distance_m in ((1, grid.cell_m[0]), (0, grid.cell_m[1])):
        change = np.abs(np.diff(grid.cells, axis=axis))
        found += int((change > max(rule.over, rule.over_per_m * distance_m)).sum())
        of += int((~np.isnan(change)).sum())
    return found, of


def doubts_about_field(expected: Expected, values: pd.Series[Any]) -> list[Said]:
    """Say how the numbers in a field differ from what is expected.

    Of a text the first number counts, with a point or a comma; what holds no number is left out.

    Examples
    --------
    >>> years = Expected(range=(1990, 2100), unit="year", source="chosen", basis="assumption")
    >>> [doubt] = doubts_about_field(years, pd.Series([2028, 20290, None]))
    >>> doubt.text("en")
    '1 of 2 values (50%) lie outside 1990 to 2100 year: there are 2028 to 20290'
    """
    if not pd.api.types.is_numeric_dtype(values.dtype):
        text = values.astype("string").str.extract(_NUMBER, expand=True).iloc[:, 0]
        values = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
    numbers: Floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    seen = _Seen(expected)
    seen.add(numbers[np.isfinite(numbers)])
    return list(seen.doubts())
