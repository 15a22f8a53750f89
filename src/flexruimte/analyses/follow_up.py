"""What follows from a run that is on disk: how far its locations fill targets, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from flexruimte.analyses.costs import assess_costs, figures_at, load_cost_figures
from flexruimte.analyses.targets import TargetComparison, compare, load_targets
from flexruimte.results.outputs import (
    COST_FIGURES,
    COSTS,
    TARGETS,
    TARGETS_FILLING,
    TARGETS_PRODUCTION,
)
from flexruimte.results.read import FILES_OF_RUN, read_run
from flexruimte.results.store import place_of
from flexruimte.results.whole_file import whole_file

__all__ = ["compare_with_targets", "write_costs"]



def compare_with_targets(out: str | Path, targets: str | Path) -> TargetComparison:
    """Compare a run with targets, and write the comparison beside its results.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, that a run wrote to. Municipalities that are not done
        count as not assessed.
    targets
        A built-in name, or the path of a targets file.

    Returns
    -------
    TargetComparison
        Also written to targets.csv, targets_filling.csv (which locations, in rank order) and
        targets_production.csv.

    Raises
    ------
    FlexruimteError
        When results or targets cannot be read, or a target names a region that does not exist.
    """
    asked = load_targets(targets)
    with place_of(out).reading(FILES_OF_RUN) as folder:
        results = read_run(folder)
        found = compare(
            asked,
            results.locations,
            results.as_of,
            required_years=results.placement("required_years"),
            assessed=list(results.done),
        )
        _write(found.targets, folder / TARGETS)
        _write(found.filling, folder / TARGETS_FILLING)
        _write(found.production, folder / TARGETS_PRODUCTION)
    return found


def write_costs(
    out: str | Path, figures: str | Path = "costs-nl", given: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Work out what homes on every ranked location of a run cost, and write that beside its results. No business case.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, that a run wrote to.
    figures
        A built-in name, or the path of a costs file.
    given
        What has no sourced figure: the fields of `flexruimte.analyses.costs.CostParameters`.

    Returns
    -------
    pandas.DataFrame
        As `flexruimte.analyses.costs.assess_costs`; also written to costs.csv, with the figures
        behind it in costs_figures.csv.

    Raises
    ------
    FlexruimteError
        When results or figures cannot be read, or something that is given does not exist.
    """
    known = load_cost_figures(figures)
    with place_of(out).reading(FILES_OF_RUN) as folder:
        results = read_run(folder)
        costs = assess_costs(known, results.locations, results.as_of, given)
        _write(costs.round(2), folder / COSTS)
        _write(figures_at(known, results.as_of).reset_index(), folder / COST_FIGURES)
    return costs


def _write(table: pd.DataFrame, path: Path) -> None:
    with whole_file(path) as partial:
        table.to_csv(partial, index=False, lineterminator="\n")
