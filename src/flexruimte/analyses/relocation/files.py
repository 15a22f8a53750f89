"""A relocation plan on disk: tables, a summary, and lines for viewers.

One of the tables is the secured share per parcel, which a study can use as a layer.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from flexruimte.errors import OutputError
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.csv_table import write_csv
from flexruimte.results.geojson import features, write_features
from flexruimte.results.json_text import json_values
from flexruimte.results.lock import refuse_link
from flexruimte.results.outputs import RELOCATION_FOLDER, RELOCATION_GEOJSON
from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import listed_ids
from flexruimte.results.wgs84 import degrees
from flexruimte.vocabulary import PARCEL_ID, PARCEL_IDS
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language

if TYPE_CHECKING:
    from flexruimte.analyses.relocation import RelocationPlan

__all__ = ["next_places", "write_relocation"]

_TABLES: Final = (
    "groups",
    "moves",
    "stranded",
    "successors",
    "locations",
    "municipalities",
    "regions",
)


def write_relocation(
    plan: RelocationPlan, summary: Summary, parcels: pd.DataFrame, out: Path
) -> None:
    """Write a plan beside the results of its run.

    Parameters
    ----------
    plan
        What was planned.
    summary
        Of a municipality of the run: study and language.
    parcels
        `parcel_id` and `parcel_ids` of the locations. (n, 2)
    out
        Folder of the run.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    folder = out / RELOCATION_FOLDER
    refuse_link(folder)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"folder {folder} cannot be made: {error.strerror or error}; check your rights on {out}"
        ) from None
    language: Language = summary.study.language
    for name in _TABLES:
        _write_table(getattr(plan, name), folder / f"{name}.csv")
    _write_table(next_places(plan, parcels), folder / "next_place.csv")
    document = {
        "study": summary.study.model_dump(mode="json"),
        "ruleset": {"name": summary.ruleset.name, "version": summary.ruleset.version},
        "said": plan.describe(language),
        "secured_share": None if np.isnan(plan.secured_share) else round(plan.secured_share, 6),
        "stranded_by_year": plan.stranded_by_year,
        "money_eur": round(plan.money_eur, 2),
        "objective_eur": round(plan.objective_eur, 2),
        "bound_eur": round(plan.bound_eur, 2),
        "gap": plan.gap,
        "status": plan.status,
        "parameters": asdict(plan.parameters),
    }
    with atomic_write(folder / "summary.json") as partial:
        partial.write_text(
            json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    _write_lines(plan, summary, out / RELOCATION_GEOJSON)


def next_places(plan: RelocationPlan, parcels: pd.DataFrame) -> pd.DataFrame:
    """Return per parcel the share of homes with a secured next place, for a study that weighs it.

    Where homes had to leave, it is their share with a next place. Elsewhere it says whether one
    more home, placed there as soon as the site is open, would find one: 1 where a place costs less
    than the penalty for none, 0 where not, null where it need not leave in the plan.

    Parameters
    ----------
    plan
        What was planned.
    parcels
        `parcel_id` and `parcel_ids` of the locations. (n, 2)

    Returns
    -------
    pandas.DataFrame
        `parcel_id`, `secured_share`, `location`; a location of several parcels has a row for each.
        (m, 3)
    """
    locations = plan.locations.set_index(PARCEL_ID)
    penalty = float(plan.parameters.stranded_eur or 0.0)
    one_more = locations["next_place_eur"]
    share = locations["secured_share"].where(
        locations["left"] > 0, (one_more < penalty).astype("float64").where(one_more.notna())
    )
    rows = [
        (parcel, share[location], location)
        for location, ids in parcels[[PARCEL_ID, PARCEL_IDS]].itertuples(index=False, name=None)
        for parcel in listed_ids(ids)
    ]
    return pd.DataFrame(rows, columns=[PARCEL_ID, "secured_share", "location"]).sort_values(
        PARCEL_ID, kind="stable", ignore_index=True
    )


def _write_table(table: pd.DataFrame, path: Path) -> None:
    amounts = {
        name: table[name].round(2)
        for name in table
        if str(name).endswith(("_eur", "_m", "_x", "_y"))
    }
    shares = {name: table[name].round(6) for name in table if str(name).endswith("_share")}
    write_csv(table.assign(**amounts, **shares), path)  # type: ignore[arg-type]  # names are texts


def _write_lines(plan: RelocationPlan, summary: Summary, path: Path) -> None:
    """Write a line for each stream of homes, and a point where homes have no next place."""
    language: Language = summary.study.language
    points = degrees(plan.sites[["x", "y"]].to_numpy(dtype=np.float64))
    position = pd.Index(plan.sites[PARCEL_ID])
    moves, stranded = _moves(plan, language), _stranded(plan, language)
    ends = [points[position.get_indexer(moves[name])] for name in ("from_id", "to_id")]
    lines = np.asarray(shapely.linestrings(np.stack(ends, axis=1)))
    places = np.asarray(shapely.points(points[position.get_indexer(stranded["from_id"])]))
    members = {
        "name": summary.study.name,
        "as_of": summary.study.as_of.isoformat(),
        "said": plan.describe(language),
    }
    texts = (
        features(shapes, {str(name): json_values(column) for name, column in table.items()})
        for shapes, table in ((lines, moves), (places, stranded))
    )
    write_features(chain.from_iterable(texts), members, path)


def _moves(plan: RelocationPlan, language: Language) -> pd.DataFrame:
    """Return what is said of each stream of homes from one location to the next."""
    table = plan.successors
    names = ["from_id", "to_id", "year", "groups", "homes", "level"]
    labels = table["level"].map(lambda level: label("search", level, language))
    return table.assign(
        kind="move",
        level_label=labels,
        distance_m=table["distance_m"].map(lambda metres: round(metres, 1)),
        cost_eur=table["cost_eur"].map(lambda euros: round(euros, 2)),
    )[["kind", *names, "level_label", "distance_m", "cost_eur"]]


def _stranded(plan: RelocationPlan, language: Language) -> pd.DataFrame:
    """Return how many homes have no next place, by location, year and reason."""
    keys = [PARCEL_ID, "year", "reason"]
    table = pd.DataFrame(plan.stranded.groupby(keys, as_index=False, sort=True)["homes"].sum())
    labels = table["reason"].map(lambda reason: label("stranded", reason, language))
    table = table.rename(columns={PARCEL_ID: "from_id"}).assign(
        kind="stranded", reason_label=labels
    )
    return table[["kind", "from_id", "year", "homes", "reason", "reason_label"]]
