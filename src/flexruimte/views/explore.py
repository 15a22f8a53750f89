"""A map for a notebook that can be moved and clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from flexruimte.errors import OutputError
from flexruimte.results.qgis_style import SCORE_CLASSES, UNKNOWN_COLOUR
from flexruimte.results.sentences import known_or_none
from flexruimte.results.summary_model import Summary
from flexruimte.views.html import render
from flexruimte.vocabulary import PARCEL_ID, RANK, STATUS
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    import folium

__all__ = ["web_map"]


def web_map(locations: gpd.GeoDataFrame, summary: Summary) -> folium.Map:
    """Return the listed locations on a background map.

    Parameters
    ----------
    locations
        As `flexruimte.results.sentences.with_explanations` makes it.
    summary
        As `flexruimte.results.summary.summarise` makes it.

    Raises
    ------
    OutputError
        When folium is not installed, or there is nothing to show.
    """
    try:
        import folium  # noqa: F401 - only whether it is there
        import mapclassify  # noqa: F401 - only whether it is there
        import matplotlib  # noqa: F401 - only whether it is there
    except ImportError:
        raise OutputError(
            "this map needs folium, mapclassify and matplotlib, which are not all installed; "
            "pip install 'flexruimte[notebook]'"
        ) from None
    if not len(locations):
        raise OutputError(
            f"there is nothing to show: no parcel in {summary.municipality.name} is available "
            "or unknown; see .summary"
        )
    shown: dict[str, Any] = {"tooltip": ["tooltip"], "popup": ["popup"]}
    result: folium.Map = _table_of(locations, summary.study.language).explore(
        color=_colours(locations),
        tiles="nlmaps.grijs",
        **shown,
        tooltip_kwds={"labels": False},
        popup_kwds={"labels": False},
        style_kwds={"fillOpacity": 0.7, "weight": 1},
    )
    return result


def _table_of(locations: gpd.GeoDataFrame, language: Language) -> gpd.GeoDataFrame:
    """Return what is shown of locations, as HTML: folium does not escape what it shows."""
    names = {name: label("column", name, language) for name in (RANK, "score", PARCEL_ID, STATUS)}
    columns = (RANK, "score", PARCEL_ID, "status_label", "explanation")
    tooltips, popups = [], []
    for values in zip(*(known_or_none(locations[name]) for name in columns), strict=True):
        rank, score, parcel_id, status, explanation = values
        first = [
            (names[RANK], "-" if rank is None else rank),
            (names["score"], number_text(score, 1, language)),
            (names[PARCEL_ID], parcel_id),
        ]
        tooltips.append(render("rows", rows=first))
        popups.append(render("rows", rows=[*first, (names[STATUS], status), ("", explanation)]))
    return gpd.GeoDataFrame(
        {"tooltip": tooltips, "popup": popups},
        geometry=np.asarray(locations.geometry),
        crs=locations.crs,
    )


def _colours(locations: gpd.GeoDataFrame) -> list[str]:
    ranks, scores = (known_or_none(locations[name]) for name in (RANK, "score"))
    return [_colour(rank, score) for rank, score in zip(ranks, scores, strict=True)]


def _colour(rank: int | None, score: float | None) -> str:
    if rank is None or score is None:
        return UNKNOWN_COLOUR
    return next(colour for low, high, colour in SCORE_CLASSES if low <= score < high)
