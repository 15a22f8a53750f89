"""A relocation plan for the homes of a run that is on disk, written beside its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.analyses.relocation import (
    RelocationError,
    RelocationParameters,
    RelocationPlan,
    add_regions,
    move_cost_factors,
    place_by_rank,
    plan_relocation,
)
from flexruimte.analyses.relocation.files import write_relocation
from flexruimte.errors import (
    LayerError,
    OutputError,
    SourceError,
    did_you_mean,
    enumerate_some,
)
from flexruimte.evidence.identifiers import KnownIds, ListedIds, identifiers
from flexruimte.evidence.sources import open_source
from flexruimte.results.outputs import PARCELS
from flexruimte.results.read import FILES_OF_RUN, RunResults, read_measure, read_run
from flexruimte.results.store import store_of
from flexruimte.results.tables import listed_ids
from flexruimte.rules.study_file import TableSettings
from flexruimte.vocabulary import (
    HOMES,
    HOMES_MID,
    LARGEST_PART_AREA,
    MUNICIPALITY_CODE,
    PARCEL_ID,
    PARCEL_IDS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
)

__all__ = ["relocate", "sites_of_run"]

SERVICED_SHARE: Final = "serviced_share"
"""Measure that says which share of connections and site works is there already."""
_REGION_COLUMNS: Final = (MUNICIPALITY_CODE, "region", "province")
_PLACEMENT_COLUMNS: Final = (PARCEL_ID, "year", "homes")
_SQUARE_METRES_PER_HECTARE = 10_000
_DAY_YEARS = 1 / 365
_OPEN_ENDED: Final = pd.DateOffset(years=100)


def relocate(
    out: str | Path,
    *,
    regions: str | Path | None = None,
    placements: str | Path | None = None,
    homes: int | Mapping[str, int] | None = None,
    choices: Mapping[str, Any] | None = None,
    reuse_sites: bool = False,
    of_all: bool = False,
    progress: Callable[[str], None] = lambda _text: None,
) -> RelocationPlan:
    """Plan where the homes of a run go when their term ends, and write the plan beside the results.

    The sites are the locations of the best class of priority, or all that are ranked; and those
    where homes stand first.

    Parameters
    ----------
    out
        Folder, or ``s3://bucket/prefix``, that a run wrote to; every municipality in it must be
        done.
    regions
        Table in a file (CSV, Parquet, .xlsx) with `gemeente_code`, `region`, `province`; None: all
        municipalities of the run are one region.
    placements
        The same with the homes that stand there first: `parcel_id`, `year`, `homes`; None: by rank.
    homes
        Homes that are placed by rank in the first year, in all or by municipality code; None: half
        of the places that are open then.
    choices
        Parameters of `RelocationParameters` by name; what is not given is the study's, or the
        default.
    reuse_sites
        Whether homes may come to a site that the first homes left when their longest stay was over.
        By default they may not, as the permit for that site has then run out (an assumption): else
        all homes could exchange sites with each other on one day.
    of_all
        Whether all ranked locations are sites, or only those of the best class of priority.
    progress
        Called with a line of text now and then.

    Returns
    -------
    RelocationPlan
        Also written to `relocation/` and `relocation.geojson` in the folder.

    Raises
    ------
    OutputError
        When the folder holds no complete run.
    RelocationError
        When regions, placements or choices cannot be used.
    """
    store = store_of(out)
    with store.reading((*FILES_OF_RUN, PARCELS)) as folder:
        results = read_run(folder)
        if results.not_done:
            states = enumerate_some(
                [f"{code} is {state}" for code, state in results.not_done.items()]
            )
            raise OutputError(
                f"the run in {store} is not complete ({states}), and a next place may lie in what "
                "is missing; finish it with flexruimte run"
            )
        parameters = _parameters(results, choices or {})
        if placements is not None and homes is not None:
            raise RelocationError("both homes and placements are given; leave one of them out")
        counted = results.counted(of_all=of_all)
        placed = None
        if placements is not None:
            placed = _placed(placements, results.locations)
            # Where homes stand first they stand, whatever the class of the site.
            counts = [counted[PARCEL_ID], placed[PARCEL_ID]]
            among = results.locations[PARCEL_ID].isin(pd.concat(counts))
            counted = results.locations[among].reset_index(drop=True)
        serviced = read_measure(folder, SERVICED_SHARE)
        sites = _with_regions(sites_of_run(results, serviced, counted), regions)
        if placed is None:
            placed = place_by_rank(
                sites, homes, year=parameters.first_year, required_years=parameters.required_years
            )
        if not reuse_sites:
            sites = _used_once(sites, placed, parameters)
        plan = plan_relocation(sites, parameters, placed, progress=progress)
        write_relocation(plan, results.summary, counted[[PARCEL_ID, PARCEL_IDS]], folder)
    return plan


def _placed(placements: str | Path, locations: pd.DataFrame) -> pd.DataFrame:
    """Return the homes that stand first, with ids as the locations have them."""
    placed = _read_table(placements, "placements", _PLACEMENT_COLUMNS, ("year", "homes"))
    placed[PARCEL_ID] = _joined(placed[PARCEL_ID], locations[PARCEL_ID], "placements")
    return placed


def sites_of_run(
    results: RunResults, serviced_share: pd.Series[Any], locations: pd.DataFrame
) -> pd.DataFrame:
    """Return locations of a run as the sites of a relocation plan, without regions.

    Parameters
    ----------
    results
        Of the run.
    serviced_share
        Share of the connections and site works that is there already, by parcel id. A location has
        the mean of its parcels; a parcel of which it is not known (NaN) counts as 0.
    locations
        Of the run, such as those of the best class of priority. (n, ...)

    Returns
    -------
    pandas.DataFrame
        As `plan_relocation` takes them. `hectares` is the part of the largest connected buildable
        part that its project takes. A term that is unknown counts as none. A term that only the
        longest term or the legal regime cuts off does not end there for homes that come later: no
        other use of the land is known. (n, ...)
    """
    rows = locations
    known = serviced_share.dropna().to_dict()
    shares = [
        np.mean([known.get(parcel, 0.0) for parcel in listed_ids(parcels)])
        for parcels in rows[PARCEL_IDS]
    ]
    taken = (rows[HOMES] / rows[HOMES_MID]).where(rows[HOMES_MID] > 0, 1.0).astype("float64")
    return pd.DataFrame(
        {
            **{name: rows[name] for name in (PARCEL_ID, MUNICIPALITY_CODE, "x", "y", TERM_START)},
            TERM_END: rows[TERM_END].where(
                rows[TERM_YEARS] < results.longest_years - _DAY_YEARS,
                rows[TERM_START] + _OPEN_ENDED,
            ),
            HOMES: rows[HOMES].fillna(0),
            "hectares": rows[LARGEST_PART_AREA] / _SQUARE_METRES_PER_HECTARE * taken,
            "score": rows["score"],
            "move_cost_factor": move_cost_factors(rows["relocatability"]),
            SERVICED_SHARE: shares,
        }
    )


def _used_once(
    sites: pd.DataFrame, placements: pd.DataFrame, parameters: RelocationParameters
) -> pd.DataFrame:
    """Return the sites, each with a term that ends when its first homes have to leave."""
    if parameters.longest_stay is None:
        return sites
    last = (
        placements.groupby(placements[PARCEL_ID].astype(str))["year"]
        .max()
        .reindex(sites[PARCEL_ID])
        .to_numpy(dtype=np.float64)
    )
    ends = pd.to_datetime(
        pd.Series(
            [
                f"{year + parameters.longest_stay:.0f}-01-01" if year == year else None
                for year in last
            ]
        ),
        format="ISO8601",
    )
    return sites.assign(
        **{
            TERM_END: np.fmin(
                sites[TERM_END].to_numpy("datetime64[s]"), ends.to_numpy("datetime64[s]")
            )
        }
    )


def _parameters(results: RunResults, choices: Mapping[str, Any]) -> RelocationParameters:
    """Return the choices, with those of the study where none are made."""
    of_study = {
        "required_years": results.placement("required_years"),
        "group_homes": results.placement("move_group_homes"),
    }
    given = {name: value for name, value in choices.items() if value is not None}
    unknown = [name for name in given if name not in RelocationParameters.__dataclass_fields__]
    if unknown:
        hint = did_you_mean(unknown[0], RelocationParameters.__dataclass_fields__)
        raise RelocationError(f"'{unknown[0]}' is no choice of a relocation plan; {hint}")
    return RelocationParameters(
        **{**{name: int(value) for name, value in of_study.items() if value is not None}, **given}
    )


def _with_regions(sites: pd.DataFrame, regions: str | Path | None) -> pd.DataFrame:
    """Return sites with their regions; with the same one for all where none are given."""
    if regions is None:
        return sites.assign(region="-", province="-")
    table = _read_table(regions, "regions", _REGION_COLUMNS)
    table[MUNICIPALITY_CODE] = _joined(
        table[MUNICIPALITY_CODE], sites[MUNICIPALITY_CODE], "regions"
    )
    return add_regions(sites, table)


def _joined(listed: pd.Series[Any], known: pd.Series[Any], what: str) -> pd.Series[Any]:
    """Return ids of a table as the sites have them; those that meet none stay as they are."""
    everyone = KnownIds(pd.Index(known.astype(str).unique(), dtype=object))
    ids = identifiers(listed, what)
    table = ListedIds(pd.Index(ids.dropna().unique(), dtype=object), what)
    found = table.positions(everyone.ids.to_numpy(), lambda: everyone)
    met = found >= 0
    return ids.replace(dict(zip(table.ids[found[met]], everyone.ids[met], strict=True)))


def _read_table(
    path: str | Path, what: str, columns: tuple[str, ...], numbers: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return columns of a table in a file: those of `numbers` as numbers, the others as text."""
    source = open_source(what, TableSettings(source=str(path)), Path.cwd(), geometry="table")
    try:
        known = source.columns
        missing = [name for name in columns if name not in known]
        if missing:
            raise RelocationError(
                f"{what} {path} has no column '{missing[0]}'; {did_you_mean(missing[0], known)}"
            )
        table = source.read_table(columns)
    except (SourceError, LayerError) as error:
        raise RelocationError(f"{error}; give a table with {', '.join(columns)}") from None
    for name in columns:
        if name not in numbers:
            table[name] = table[name].astype("string").str.strip()
            continue
        values = pd.to_numeric(table[name], errors="coerce")
        if values.isna().any():
            row = int(np.flatnonzero(values.isna())[0])
            raise RelocationError(
                f"{what} {path}, row {row + 2}: '{name}' is {table[name].iloc[row]!r}; "
                "write a number"
            )
        table[name] = values
    return table
