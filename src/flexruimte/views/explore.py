"""A map for a notebook that can be moved and clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from flexruimte.errors import OutputError
from flexruimte.results.qgis_style import SCORE_CLASSES, UNKNOWN_COLOUR
from flexruimte.results.sentences import known_or_none
from flexruimte.results.summary_model import Summary
from flexruimte.vocabulary import PARCEL_ID, RANK, STATUS
from flexruimte.wording.labels import COLUMNS, Language, label

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
    except ImportError:
        raise OutputError(
            "this map needs folium and mapclassify, which are not installed; "
            "pip install 'flexruimte[notebook]'"
        ) from None
    if not len(locations):
        raise OutputError(
            f"there is nothing to show: no parcel in {summary.municipality.name} is available "
            "or unknown; see .summary"
        )
    frame, names = _table_of(locations, summary.study.language)
    shown_fields: dict[str, Any] = {
        "tooltip": [names["rank"], names["score"], names["parcel_id"]],
        "popup": list(names.values()),
    }
    result: folium.Map = frame.explore(
        color=frame["colour"],
        tiles="nlmaps.grijs",
        **shown_fields,
        style_kwds={"fillOpacity": 0.7, "weight": 1},
    )
    return result


def _table_of(
    locations: gpd.GeoDataFrame, language: Language
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return what is shown of locations, under their labels, and the label of each column."""
    shown = {
        RANK: known_or_none(locations[RANK]),
        PARCEL_ID: known_or_none(locations[PARCEL_ID]),
        STATUS: known_or_none(locations["status_label"]),
        "score": known_or_none(locations["score"]),
        "explanation": known_or_none(locations["explanation"]),
    }
    names = {
        name: "" if name == "explanation" else label(COLUMNS, name, language) for name in shown
    }
    columns = {names[name]: values for name, values in shown.items()}
    frame = gpd.GeoDataFrame(columns, geometry=np.asarray(locations.geometry), crs=locations.crs)
    frame["colour"] = [
        _colour(rank, score) for rank, score in zip(shown[RANK], shown["score"], strict=True)
    ]
    return frame, names


def _colour(rank: int | None, score: float | None) -> str:
    if rank is None or score is None:
        return UNKNOWN_COLOUR
    return next(colour for low, high, colour in SCORE_CLASSES if low <= score < high)
