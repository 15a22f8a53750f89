"""locations.qgs: a project of QGIS that opens the GeoPackage beside it.

A style cannot say that a layer is off, or in which group it stands; a project can. It names the
GeoPackage relative to itself, so that the two move together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, SubElement

import geopandas as gpd
import numpy as np
import shapely

from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.geopackage import layer_tables
from flexruimte.results.qgis_style import (
    BUILDABLE,
    LAYOUT,
    LOCATIONS,
    OTHER_PARCELS,
    qgis_file,
    qgis_style,
)
from flexruimte.results.summary_model import Summary
from flexruimte.vocabulary import CRS, Geometries
from flexruimte.wording.messages import message

__all__ = ["write_qgis_project"]

_GROUPS: Final = {
    "qgis-group-homes": (LAYOUT,),
    "qgis-group-locations": (BUILDABLE, LOCATIONS),
    "qgis-group-others": (OTHER_PARCELS,),
}
"""Layers by the message that is the title of their group, from the top down."""
_TITLES: Final = {
    LAYOUT: "qgis-layout",
    BUILDABLE: "qgis-buildable",
    LOCATIONS: "qgis-locations",
    OTHER_PARCELS: "qgis-others",
}
_OFF: Final = (OTHER_PARCELS,)
_ID: Final = "flexruimte_"
"""Before the name of a layer: QGIS gives a layer with a short id another."""
_OF_A_STYLE: Final = ("version", "styleCategories")
"""What the root of a style says of itself as a file."""
_RD_NEW_IN_QGIS: Final = "2517"
"""QGIS's own number of the system; without one it does not look at the code of EPSG."""
_AROUND: Final = 0.05
"""So much of the size of the locations is seen around them at first."""


def write_qgis_project(
    locations: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame,
    layout: gpd.GeoDataFrame,
    summary: Summary,
    path: str | Path,
    geopackage: str | None = None,
) -> None:
    """Write a project of QGIS with the layers of a GeoPackage: styled, in groups, others off.

    Parameters
    ----------
    locations, others, layout, summary
        As `flexruimte.results.geopackage.write_geopackage` takes them.
    path
        The file to write.
    geopackage
        Name of the GeoPackage, in the same folder; None is that of the project, ending in .gpkg.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    file = geopackage or f"{Path(path).stem}.gpkg"
    tables = layer_tables(locations, others, layout)
    language = summary.study.language
    titles = {name: message(text, language) for name, text in _TITLES.items()}
    root = Element("qgis", version="3.22.0")
    root.set("projectname", f"{summary.study.name}: {summary.municipality.name}")
    SubElement(root, "title").text = root.get("projectname")
    _add_crs(SubElement(root, "projectCrs"))
    tree = SubElement(root, "layer-tree-group")
    for text, names in _GROUPS.items():
        group = SubElement(
            tree, "layer-tree-group", name=message(text, language), checked=_checked(True),
            expanded="1",
        )  # fmt: skip
        for name in names:
            _add_to_group(group, name, titles[name], _source(file, name))
    _add_view(root, _seen_at_first([tables[name][1] for name in (LOCATIONS, OTHER_PARCELS)]))
    layers = SubElement(root, "projectlayers")
    for name, (table, _) in tables.items():
        style = qgis_style(name, list(table.columns), summary)
        _add_layer(layers, name, titles[name], _source(file, name), style)
    properties = SubElement(root, "properties")
    _add_property(properties, "SpatialRefSys", "ProjectionsEnabled", "int", "1")
    _add_property(properties, "Paths", "Absolute", "bool", "false")
    with atomic_write(path) as partial:
        partial.write_text(qgis_file(root), encoding="utf-8")


def _source(file: str, layer: str) -> str:
    return f"./{file}|layername={layer}"


def _add_property(properties: Element, group: str, name: str, kind: str, value: str) -> None:
    SubElement(SubElement(properties, group), name, type=kind).text = value


def _add_crs(parent: Element) -> None:
    system = SubElement(parent, "spatialrefsys")
    SubElement(system, "srsid").text = _RD_NEW_IN_QGIS
    SubElement(system, "authid").text = CRS


def _add_to_group(group: Element, name: str, title: str, source: str) -> None:
    on = _checked(name not in _OFF)
    SubElement(
        group, "layer-tree-layer", id=f"{_ID}{name}", name=title, source=source, providerKey="ogr",
        checked=on, expanded="1" if name == LOCATIONS else "0",
    )  # fmt: skip


def _checked(on: bool) -> str:
    return "Qt::Checked" if on else "Qt::Unchecked"


def _add_view(root: Element, bounds: tuple[float, float, float, float] | None) -> None:
    """Add what is seen when the project is opened."""
    canvas = SubElement(root, "mapcanvas", name="theMapCanvas")
    SubElement(canvas, "units").text = "meters"
    if bounds is not None:
        sides = dict(
            zip(("xmin", "ymin", "xmax", "ymax"), map("{:.1f}".format, bounds), strict=True)
        )
        extent = SubElement(canvas, "extent")
        for name, side in sides.items():
            SubElement(extent, name).text = side
        settings = SubElement(root, "ProjectViewSettings", UseProjectScales="0")
        _add_crs(SubElement(settings, "DefaultViewExtent", sides))
    _add_crs(SubElement(canvas, "destinationsrs"))


def _seen_at_first(shapes: list[Geometries]) -> tuple[float, float, float, float] | None:
    """Return the bounds of the first shapes that there are, and a little more; None without any."""
    for some in shapes:
        if len(some) and not shapely.is_missing(some).all():
            left, bottom, right, top = np.asarray(shapely.total_bounds(some)).tolist()
            margin = _AROUND * max(right - left, top - bottom)
            return left - margin, bottom - margin, right + margin, top + margin
    return None


def _add_layer(layers: Element, name: str, title: str, source: str, style: Element) -> None:
    """Add a layer: where it is, and all that its style says."""
    layer = SubElement(layers, "maplayer", type="vector", geometry="Polygon")
    layer.attrib.update({key: text for key, text in style.items() if key not in _OF_A_STYLE})
    for tag, text in (("id", f"{_ID}{name}"), ("datasource", source), ("layername", title)):
        SubElement(layer, tag).text = text
    _add_crs(SubElement(layer, "srs"))
    SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    layer.extend(style)
