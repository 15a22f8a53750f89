"""A static map of a municipality: ranked parcels by score, unknown hatched, the rest pale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.errors import OutputError
from flexruimte.results.qgis_style import SCORE_CLASSES, UNKNOWN_COLOUR
from flexruimte.results.tables import BUILDABLE_GEOMETRY
from flexruimte.vocabulary import RANK, STATUS, Status
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_map"]

_PARCEL: Final = "#f2f2f2"
_EXCLUDED: Final = "#e0dcd8"
_EDGE: Final = "#bbbbbb"
_MOST_NUMBERED: Final = 10
_LENGTHS_M: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def draw_map(
    parcels: gpd.GeoDataFrame, title: str, language: Language, ax: Axes | None = None
) -> Axes:
    """Draw the parcels of a municipality.

    Parameters
    ----------
    parcels
        As `flexruimte.results.tables.parcel_table` makes it.
    title
        Above the map.
    language
        Of the legend.
    ax
        Where to draw; None makes a new figure.

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
        from matplotlib.patches import Patch
    except ImportError:
        raise OutputError(
            "a map needs matplotlib, which is not installed; pip install 'flexruimte[notebook]'"
        ) from None
    if ax is None:
        _, ax = plt.subplots(figsize=(9, 9), layout="constrained")
    ax.set_title(title)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.legend(
        handles=[
            Patch(label=words, **style) for words, style in _draw_parcels(parcels, language, ax)
        ],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        fontsize="small",
        frameon=False,
    )
    _number(parcels[parcels[RANK].notna()], ax)
    _scale_bar(ax)
    return ax


def _draw_parcels(
    parcels: gpd.GeoDataFrame, language: Language, ax: Axes
) -> list[tuple[str, dict[str, Any]]]:
    """Draw parcels by what is said of them, and return the label and style of each kind."""
    ranked = parcels[RANK].notna().to_numpy()
    unknown, excluded = (
        (parcels[STATUS] == str(status)).to_numpy() for status in (Status.UNKNOWN, Status.EXCLUDED)
    )
    legend: list[tuple[str, dict[str, Any]]] = []
    shapes, hatched = parcels[["geometry"]], {"facecolor": "white", "edgecolor": UNKNOWN_COLOUR}
    _draw(shapes[excluded], ax, facecolor=_EXCLUDED, edgecolor=_EDGE, linewidth=0.2)
    _draw(shapes[ranked], ax, facecolor=_PARCEL, edgecolor=_EDGE, linewidth=0.2)
    _draw(shapes[unknown], ax, **hatched, hatch="////", linewidth=0.3)
    scores = parcels["score"].fillna(-1).to_numpy()
    buildable = gpd.GeoDataFrame(geometry=parcels[BUILDABLE_GEOMETRY])
    for low, high, colour in SCORE_CLASSES:
        chosen = ranked & (scores >= low) & (scores < high)
        style = {"facecolor": colour, "edgecolor": "#404040"}
        _draw(buildable[chosen], ax, **style, linewidth=0.4)
        bounds = {"low": str(low), "high": str(min(high, 100))}
        words = message("legend-score", language, **bounds, number=str(chosen.sum()))
        legend.append((words, style))
    for status, shown, style in (
        (message("unknown", language), unknown, {**hatched, "hatch": "////"}),
        (
            label("status", Status.EXCLUDED, language),
            excluded,
            {"facecolor": _EXCLUDED, "edgecolor": _EDGE},
        ),
    ):
        words = message("legend-status", language, status=status, number=str(shown.sum()))
        legend.append((words, style))
    return legend


def _draw(shapes: gpd.GeoDataFrame, ax: Axes, **style: Any) -> None:
    present = shapes[~(shapes.geometry.isna() | shapes.geometry.is_empty)]
    if len(present):
        present.plot(ax=ax, aspect=None, **style)


def _number(ranked: gpd.GeoDataFrame, ax: Axes) -> None:
    """Write the rank on the first ones."""
    first = ranked.sort_values(RANK).head(_MOST_NUMBERED)
    shapes = np.asarray(first[BUILDABLE_GEOMETRY])
    points = shapely.point_on_surface(
        np.where(shapely.is_missing(shapes), np.asarray(first.geometry), shapes)
    )
    for point, rank in zip(points, pd.array(first[RANK]), strict=True):
        box = {
            "boxstyle": "circle,pad=0.2",
            "facecolor": "white",
            "edgecolor": "#404040",
            "linewidth": 0.5,
        }
        ax.annotate(str(rank), (point.x, point.y), ha="center", va="center", fontsize=7, bbox=box)


def _scale_bar(ax: Axes) -> None:
    """Draw a bar of a round length, and where north is: up."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    length = max(
        (length for length in _LENGTHS_M if length <= (right - left) / 4), default=_LENGTHS_M[0]
    )
    x, y = left + 0.03 * (right - left), bottom + 0.03 * (top - bottom)
    ax.plot([x, x + length], [y, y], color="#202020", linewidth=3, solid_capstyle="butt")
    text = f"{length} m" if length < 1000 else f"{length // 1000} km"
    ax.annotate(
        text,
        (x + length / 2, y),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=8,
    )
    arrow = {"arrowstyle": "-|>", "color": "#202020"}
    ax.annotate(
        "N",
        (0.98, 1.06),
        (0.98, 1.0),
        xycoords="axes fraction",
        ha="center",
        fontsize=9,
        arrowprops=arrow,
        annotation_clip=False,
    )
