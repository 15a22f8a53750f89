"""The costs of a run that is on disk, written beside its results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from flexruimte.analyses.costs.assessment import assess_costs
from flexruimte.analyses.costs.figures import figures_at, load_cost_figures
from flexruimte.results.csv_table import write_csv
from flexruimte.results.outputs import COST_FIGURES, COSTS
from flexruimte.results.read import FILES_OF_RUN, read_run
from flexruimte.results.store import store_of

__all__ = ["write_costs"]


def write_costs(
    out: str | Path,
    figures: str | Path = "costs-nl",
    given: Mapping[str, Any] | None = None,
    *,
    of_all: bool = False,
) -> pd.DataFrame:
    """Work out what homes on the locations of a run cost, and write it beside its results.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, that a run wrote to.
    figures
        A built-in name, or the path of a costs file.
    given
        What has no sourced figure: the fields of `CostParameters`, by name.
    of_all
        Whether all ranked locations count, or only those of the best class of priority.

    Returns
    -------
    pandas.DataFrame
        As `assess_costs` gives it; also written to costs.csv, with the figures behind it in
        costs_figures.csv.

    Raises
    ------
    FlexruimteError
        When results or figures cannot be read, or something that is given does not exist.
    """
    known = load_cost_figures(figures)
    with store_of(out).reading(FILES_OF_RUN) as folder:
        results = read_run(folder)
        costs = assess_costs(
            known,
            results.counted(of_all=of_all),
            results.as_of,
            given,
            required_years=results.placement("required_years"),
            longest_years=results.longest_years,
        )
        write_csv(costs.round(2), folder / COSTS)
        write_csv(figures_at(known, results.as_of).reset_index(), folder / COST_FIGURES)
    return costs
