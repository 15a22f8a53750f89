"""Whether a raster is a dataset: its name has to say so, and its cells to fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely

from flexruimte.errors import FlexruimteError
from flexruimte.evidence.plausibility import doubts_about_cells
from flexruimte.evidence.sources import Window
from flexruimte.rules.parts import CELLS, LayerSpec
from flexruimte.study.new_study.recognition.candidate import (
    Candidate,
    Sure,
    against_by_name,
    for_by_name,
)
from flexruimte.study.new_study.recognition.looks import Look
from flexruimte.study.new_study.recognition.names import NameEvidence
from flexruimte.wording.said import Said, said

__all__ = ["raster_candidate"]

_MOST_CELLS: Final = 25_000_000
"""A raster of more cells is looked at in nine windows."""
_WINDOW_CELLS: Final = 1000
"""Side of such a window. [cell]"""


def raster_candidate(
    look: Look, key: str, spec: LayerSpec, names: NameEvidence
) -> Candidate | None:
    """Return how sure it is that a raster is a dataset; None where its name does not say so.

    Parameters
    ----------
    look
        What was seen of it.
    key, spec
        The layer, and what the ruleset says of it.
    names
        What its name says.
    """
    if key not in names.says:
        return None
    reasons, questions = for_by_name(key, names), against_by_name(key, names)
    windows = list(_windows(look))
    try:
        # Gaps are no doubt about what it is.
        areas = {
            said("doubt-window", number=str(place)): shapely.box(*window)
            for place, window in enumerate(windows, 1)
        }
        valid, found, _ = doubts_about_cells(spec, look.source, areas)
        doubts: list[str | Said] = [*found]
    except FlexruimteError as error:
        valid, doubts = 0, [str(error).removeprefix(f"{look.source.label}: ")]
    if not valid:
        questions.append(said("recognition-no-cell"))
    questions += [said("recognition-as-is", text=doubt) for doubt in doubts]
    expected = spec.expected.get(CELLS)
    if expected is not None and not doubts:
        low, high = (f"{bound:g}" for bound in expected.range)
        reasons.append(said("recognition-cells", low=low, high=high, unit=expected.unit))
    if key not in names.whole and not questions:
        questions.append(said("recognition-cells-alone"))
    sure: Sure = "unsure" if key not in names.whole else "likely" if questions else "certain"
    extra = {"nodata": 0} if valid and _is_filled_with_zeros(look, spec, windows) else {}
    return Candidate(key, sure, look, reasons, questions, extra=extra)


def _windows(look: Look) -> Iterator[Window]:
    """Yield where a raster is looked at: all of it, or nine parts spread over it."""
    if look.extent is None:
        return
    left, bottom, right, top = look.extent
    width_m, height_m = look.source.cell_m
    if (right - left) / width_m * (top - bottom) / height_m <= _MOST_CELLS:
        yield look.extent
        return
    side_x, side_y = _WINDOW_CELLS * width_m, _WINDOW_CELLS * height_m
    for x in np.linspace(left, right - side_x, 3):
        for y in np.linspace(bottom, top - side_y, 3):
            yield (float(x), float(y), float(x + side_x), float(y + side_y))


def _is_filled_with_zeros(look: Look, spec: LayerSpec, windows: list[Window]) -> bool:
    """Return whether more cells are exactly 0 than such a map has, as where holes were filled."""
    expected = spec.expected.get(CELLS)
    if expected is None or expected.zeros_at_most is None:
        return False
    cells: list[np.ndarray[Any, Any]] = [
        look.source.read_grid(window, spec.nodata).cells for window in windows
    ]
    zeros = sum(int((each == 0).sum()) for each in cells)
    known_cells = sum(int((~np.isnan(each)).sum()) for each in cells)
    return zeros > expected.zeros_at_most * known_cells
