"""A static map of a municipality: locations in the colour of their class, the rest pale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from flexruimte.results.map_colours import (
    OTHER_COLOUR,
    UNRANKED_COLOUR,
    class_numbers,
    map_classes,
)
from flexruimte.results.summary_model import Summary
from flexruimte.views.drawing import INK, axes_for, plain
from flexruimte.views.label_places import label_places
from flexruimte.vocabulary import RANK, Floats, Geometries
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_map"]

_BORDER: Final = "#6b6b6b"
_UNRANKED: Final = {"facecolor": UNRANKED_COLOUR, "edgecolor": "#8a6fa0", "hatch": "////"}
_OTHER: Final = {"facecolor": OTHER_COLOUR, "edgecolor": "#c9c2b8"}
_MOST_NUMBERED: Final = 25
_FONT: Final = 7.5
"""Of the numbers. [point]"""
_SEEN: Final = 7.0
"""What is smaller is drawn as a dot of this size. [point]"""
_LENGTHS_M: Final = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_LEAST_VIEW_M: Final = 200.0
_POINTS_PER_INCH: Final = 72


def draw_map(
    locations: gpd.GeoDataFrame,
    others: Geometries,
    border: shapely.Geometry | None,
    summary: Summary,
    ax: Axes | None = None,
) -> Axes:
    """Draw the locations of a municipality among its other parcels.

    The legend stands beside the map, with the classes that there are and how many locations each
    has. The first 25 carry their rank; a number for which there is no room is left out.

    Parameters
    ----------
    locations
        As `flexruimte.results.tables.location_table` makes it. (n, ...)
    others
        The parcels that are no location, in RD New. (m,) object
    border
        Of the municipality, in RD New; None draws none.
    summary
        Of the municipality.
    ax
        Where to draw; None makes a new figure.

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    ax = axes_for(ax, 11, 8)
    name = plain(f"{summary.municipality.name}: {summary.study.name}", 90)
    ax.set_title(name, loc="left", fontweight="bold", color=INK)
    ax.set_aspect("equal")
    ax.set_axis_off()
    drawn = _draw_parcels(locations, others, summary, ax)
    if border is not None and not shapely.is_empty(border):
        gpd.GeoSeries([border]).boundary.plot(ax=ax, color=_BORDER, linewidth=0.8, aspect=None)
    _frame(ax)
    _add_legend(drawn, summary.study.language, ax)
    _scale_bar(ax, summary.study.language)
    ax.figure.canvas.figure.draw_without_rendering()  # where things are is known from here on
    colours = _dot_small_ones(locations, summary, ax)
    _number(locations, colours, ax)
    return ax


def _draw_parcels(
    locations: gpd.GeoDataFrame, others: Geometries, summary: Summary, ax: Axes
) -> list[tuple[str, int, dict[str, Any]]]:
    """Draw all parcels, and return title, number and style of each kind that there is."""
    numbers = class_numbers(locations, summary)
    parcels, left = np.asarray(locations["parcel"]), np.asarray(locations.geometry)
    legend: list[tuple[str, int, dict[str, Any]]] = []
    _draw(others, ax, **_OTHER, linewidth=0.2)
    _draw(parcels[numbers < 0], ax, **_UNRANKED, linewidth=0.4)
    for number, each in enumerate(map_classes(summary)):
        here = numbers == number
        _draw(parcels[here], ax, facecolor=each.colour, alpha=0.35, linewidth=0)
        _draw(left[here], ax, facecolor=each.colour, edgecolor="white", linewidth=0.3)
        legend.append((each.title, int(here.sum()), {"facecolor": each.colour}))
    language = summary.study.language
    unranked = int((numbers < 0).sum())
    legend.append((message("legend-unranked", language), unranked, _UNRANKED))
    legend.append((message("map-legend-other", language), len(others), _OTHER))
    return [entry for entry in legend if entry[1]]


def _draw(shapes: Geometries, ax: Axes, **style: Any) -> None:
    present = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if len(present):
        gpd.GeoSeries(present).plot(ax=ax, aspect=None, **style)


def _frame(ax: Axes) -> None:
    """Keep what is seen as it is, and no narrower than can be drawn."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    grow_x, grow_y = (
        max(0.0, _LEAST_VIEW_M - (high - low)) / 2 for low, high in ((left, right), (bottom, top))
    )
    ax.set_xlim(left - grow_x, right + grow_x)
    ax.set_ylim(bottom - grow_y, top + grow_y)


def _add_legend(
    entries: list[tuple[str, int, dict[str, Any]]], language: Language, ax: Axes
) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(label=plain(f"{title} ({number_text(number, 0, language)})"), **style)
        for title, number, style in entries
    ]
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0.0,
        fontsize="small",
        frameon=False,
    )


def _points_on(shapes: Geometries, ax: Axes) -> tuple[Floats, Floats]:
    """Return a point on each shape, in the data and in points of the figure. (n, 2) each"""
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes))
    pixels = ax.transData.transform(inside)
    return inside, np.asarray(pixels) * _POINTS_PER_INCH / ax.figure.dpi


def _dot_small_ones(locations: gpd.GeoDataFrame, summary: Summary, ax: Axes) -> list[str]:
    """Draw a dot where a location is too small to be seen, and return the colour of each."""
    classes, numbers = map_classes(summary), class_numbers(locations, summary)
    colours = [UNRANKED_COLOUR if at < 0 else classes[at].colour for at in numbers.tolist()]
    if not len(locations):
        return colours
    shapes = np.asarray(locations.geometry)
    size = np.sqrt(shapely.area(shapes)) * _points_per_metre(ax)
    small = np.flatnonzero(size < _SEEN)[::-1]  # the best on top
    where, _ = _points_on(shapes[small], ax)
    ax.scatter(
        where[:, 0],
        where[:, 1],
        s=_SEEN**2 * 0.8,
        c=[colours[at] for at in small],
        edgecolors="white",
        linewidths=0.5,
        zorder=4,
    )
    return colours


def _points_per_metre(ax: Axes) -> float:
    pixels = ax.transData.transform([[0.0, 0.0], [1.0, 0.0]])
    return float(pixels[1, 0] - pixels[0, 0]) * _POINTS_PER_INCH / float(ax.figure.dpi)


def _number(locations: gpd.GeoDataFrame, colours: list[str], ax: Axes) -> None:
    """Write the rank beside the first ones, with a line to what is not under it."""
    ranked = locations[RANK].notna().to_numpy()
    first = np.flatnonzero(ranked)[:_MOST_NUMBERED]
    if not len(first):
        return
    names = [str(rank) for rank in locations[RANK].iloc[first]]
    where, points = _points_on(np.asarray(locations.geometry)[first], ax)
    # As wide as the widest digits of the font in bold, and what surrounds them.
    sizes = np.array([[(0.72 * len(name) + 0.75) * _FONT, 1.75 * _FONT] for name in names])
    view = ax.get_window_extent()
    corners = np.array([view.x0, view.y0, view.x1, view.y1]) * _POINTS_PER_INCH / ax.figure.dpi
    for at, place in enumerate(label_places(points, sizes, corners)):
        if np.isnan(place).any():
            continue
        colour = colours[first[at]]
        line = {"arrowstyle": "-", "color": INK, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
        ax.annotate(
            names[at],
            tuple(where[at]),
            xytext=tuple(place),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=_FONT,
            fontweight="bold",
            color=INK,
            bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": colour},
            arrowprops=line if place.any() else None,
            zorder=5,
            annotation_clip=False,
        )


def _scale_bar(ax: Axes, language: Language) -> None:
    """Draw a bar of a round length under the map, and where north is: up."""
    left, right = ax.get_xlim()
    length = max(
        (length for length in _LENGTHS_M if length <= (right - left) / 4), default=_LENGTHS_M[0]
    )
    under = ax.get_xaxis_transform()
    x, y = left, -0.02
    ax.plot(
        [x, x + length],
        [y, y],
        transform=under,
        color=INK,
        linewidth=3,
        solid_capstyle="butt",
        clip_on=False,
        gid="scale bar",
    )
    text = f"{length} m" if length < 1000 else f"{number_text(length / 1000, 0, language)} km"
    beside: dict[str, Any] = {"xycoords": under, "textcoords": "offset points", "fontsize": 8}
    ax.annotate(text, (x + length, y), xytext=(4, 0), va="center", annotation_clip=False, **beside)
    arrow = {"arrowstyle": "-|>", "color": INK}
    ax.annotate(
        "N",
        (1.0, 0.0),
        xytext=(1.0, -0.07),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="bottom",
        fontsize=8,
        color=INK,
        arrowprops=arrow,
        annotation_clip=False,
    )
