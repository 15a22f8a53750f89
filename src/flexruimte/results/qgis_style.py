"""What QGIS draws and says of the layers of the GeoPackage: colours, labels, fields and forms.

The colours and the legend follow from the classes of the ruleset, so that they are made here; what
does not is in `styles/*.qml`, which is QGIS's own format: open it in QGIS, change it and save it
over the old one. Words that depend on the language are written ``$name`` there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources
from string import Template
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from xml.sax.saxutils import escape

from flexruimte.results.column_titles import column_title, grouped_columns
from flexruimte.results.map_colours import (
    OTHER_COLOUR,
    SCORE_STEPS,
    UNRANKED_COLOUR,
    map_classes,
)
from flexruimte.results.summary_model import Summary
from flexruimte.vocabulary import FINDINGS_OF_LOCATION, LAYOUT_KINDS, PARCEL_ID, PRIORITY, RANK
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message

__all__ = ["BUILDABLE", "LAYOUT", "LOCATIONS", "OTHER_PARCELS", "qgis_file", "qgis_style"]

LOCATIONS: Final = "locations"
"""Layer with the parcels of the listed locations."""
BUILDABLE: Final = "buildable"
"""Layer with what remains of them."""
LAYOUT: Final = "layout"
"""Layer with the layouts."""
OTHER_PARCELS: Final = "other_parcels"
"""Layer with the parcels that are no location."""

_LONG_TEXTS: Final = ("explanation", FINDINGS_OF_LOCATION)
_EDGE: Final = "#404040"
_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CATEGORIES: Final = "Symbology|Labeling|Fields|Forms|MapTips"


def qgis_file(root: Element) -> str:
    """Return a style or a project as the text of a file; a character that XML has not as a "?"."""
    text = _NOT_IN_XML.sub("?", ElementTree.tostring(root, encoding="unicode"))
    return f"{_DOCTYPE}{text}\n"


def qgis_style(layer: str, columns: Sequence[str], summary: Summary) -> Element:
    """Return the style of a layer of the GeoPackage, the root of a QML file.

    Parameters
    ----------
    layer
        `LOCATIONS` (pale in the colour of the class, with the rank as label), `BUILDABLE` (full in
        that colour), `LAYOUT` (modules on roads and paths) or `OTHER_PARCELS`.
    columns
        Of the layer.
    summary
        Of the municipality: the classes, the titles of fields and the language.
    """
    language = summary.study.language
    if layer == LAYOUT:
        return ElementTree.fromstring(_template(layer, language))
    style = Element("qgis", version="3.22.0", styleCategories=_CATEGORIES)
    style.set("labelsEnabled", "1" if layer == LOCATIONS else "0")
    if layer == OTHER_PARCELS:
        style.append(_one_colour(OTHER_COLOUR))
    else:
        style.append(_by_class(summary, pale=layer == LOCATIONS))
    if layer == LOCATIONS:
        style.append(_rank_labels())
    _add_fields(style, columns, summary)
    style.append(_map_tip(columns))
    SubElement(style, "previewExpression").text = f'"{PARCEL_ID}"'
    SubElement(style, "layerGeometryType").text = "2"
    return style


def _template(layer: str, language: Language) -> str:
    words = {kind: label("layout", kind, language) for kind in LAYOUT_KINDS}
    path = resources.files("flexruimte.results") / "styles" / f"{layer}.qml"
    escaped = {name: escape(word, {'"': "&quot;"}) for name, word in words.items()}
    text = Template(path.read_text(encoding="utf-8")).substitute(escaped)
    return text.removeprefix(_DOCTYPE)


def _by_class(summary: Summary, *, pale: bool) -> Element:
    """Return a renderer with a category per class, and one for all that has no rank."""
    renderer = Element("renderer-v2", type="categorizedSymbol", symbollevels="0")
    renderer.set("attr", PRIORITY if summary.priorities else _score_step())
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    classes = map_classes(summary)
    for number, each in enumerate(classes):
        _add_category(categories, number, each.value, each.title)
        symbol = _add_symbol(symbols, number)
        outline = each.colour if pale else _EDGE
        _add_fill(symbol, each.colour, 90 if pale else 230, outline, 0.4 if pale else 0.2)
    last = len(classes)
    # A category without a value is for all that no other is for.
    unranked = message("legend-unranked", summary.study.language)
    _add_category(categories, last, "", unranked)
    symbol = _add_symbol(symbols, last)
    _add_fill(symbol, UNRANKED_COLOUR, 90, "#8a6fa0", 0.3)
    if pale:
        _add_hatch(symbol)
    return renderer


def _score_step() -> str:
    """Return an expression for the lowest score of the step that a ranked location is in."""
    steps = " ".join(f"WHEN \"score\" >= {low} THEN '{low}'" for low, *_ in SCORE_STEPS)
    return f"CASE WHEN \"{RANK}\" IS NULL THEN '' {steps} END"


def _one_colour(colour: str) -> Element:
    renderer = Element("renderer-v2", type="singleSymbol", symbollevels="0")
    symbol = _add_symbol(SubElement(renderer, "symbols"), 0)
    _add_fill(symbol, colour, 150, "#a39c92", 0.1)
    return renderer


def _add_category(categories: Element, symbol: int, value: str, title: str) -> None:
    SubElement(
        categories, "category", value=value, symbol=str(symbol), label=title, render="true",
        type="string",
    )  # fmt: skip


def _add_symbol(symbols: Element, name: int) -> Element:
    return SubElement(symbols, "symbol", name=str(name), type="fill", alpha="1", clip_to_extent="1")


def _add_fill(symbol: Element, colour: str, opacity: int, outline: str, width_mm: float) -> None:
    _add_layer(
        symbol,
        "SimpleFill",
        color=_rgba(colour, opacity),
        style="solid",
        outline_color=_rgba(outline, 255),
        outline_style="solid",
        outline_width=str(width_mm),
        outline_width_unit="MM",
        joinstyle="bevel",
    )


def _add_hatch(symbol: Element) -> None:
    layer = _add_layer(
        symbol, "LinePatternFill", angle="45", distance="2", distance_unit="MM", line_width="0.3"
    )
    line = SubElement(layer, "symbol", name="@hatch", type="line", alpha="1", clip_to_extent="1")
    _add_layer(
        line,
        "SimpleLine",
        line_color=_rgba("#8a6fa0", 255),
        line_width="0.3",
        line_width_unit="MM",
        line_style="solid",
    )


def _add_layer(symbol: Element, kind: str, **options: str) -> Element:
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    _add_options(layer, options)
    return layer


def _add_options(parent: Element, options: dict[str, str], kind: str = "QString") -> None:
    every = SubElement(parent, "Option", type="Map")
    for name, value in options.items():
        SubElement(every, "Option", name=name, type=kind, value=value)


def _rgba(colour: str, opacity: int) -> str:
    return ",".join(str(part) for part in (*bytes.fromhex(colour[1:]), opacity))


def _rank_labels() -> Element:
    """Return labels with the rank, the best first where there is no room for all."""
    labeling = Element("labeling", type="simple")
    settings = SubElement(labeling, "settings", calloutType="simple")
    text = SubElement(
        settings, "text-style", fieldName=RANK, isExpression="0", fontFamily="Open Sans",
        fontSize="9", fontSizeUnit="Point", fontWeight="75", textColor="30,30,30,255",
        textOpacity="1", namedStyle="Bold",
    )  # fmt: skip
    SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor="255,255,255,255", bufferOpacity="1",
    )  # fmt: skip
    SubElement(
        settings, "placement", placement="1", centroidInside="1", centroidWhole="1", priority="5"
    )
    SubElement(settings, "rendering", drawLabels="1", obstacle="1", displayAll="0")
    properties = SubElement(SubElement(settings, "dd_properties"), "Option", type="Map")
    SubElement(properties, "Option", name="name", type="QString", value="")
    every = SubElement(properties, "Option", name="properties", type="Map")
    first = SubElement(every, "Option", name="Priority", type="Map")
    SubElement(first, "Option", name="active", type="bool", value="true")
    SubElement(first, "Option", name="expression", type="QString", value=f'10 / ("{RANK}" + 0.0)')
    SubElement(first, "Option", name="type", type="int", value="3")
    SubElement(properties, "Option", name="type", type="QString", value="collection")
    return labeling


def _add_fields(style: Element, columns: Sequence[str], summary: Summary) -> None:
    """Add what people call the fields, and a form with a tab per group of them."""
    configuration = SubElement(style, "fieldConfiguration")
    for name in columns:
        field = SubElement(configuration, "field", name=name)
        widget = SubElement(field, "editWidget", type="TextEdit")
        lines = {"IsMultiline": "true" if name in _LONG_TEXTS else "false"}
        _add_options(SubElement(widget, "config"), lines, "bool")
    aliases = SubElement(style, "aliases")
    for number, name in enumerate(columns):
        SubElement(
            aliases, "alias", index=str(number), field=name, name=column_title(name, summary)
        )
    SubElement(style, "editorlayout").text = "tablayout"
    form = SubElement(style, "attributeEditorForm")
    for title, names in grouped_columns(columns, summary).items():
        tab = SubElement(
            form, "attributeEditorContainer", name=title, groupBox="0", columnCount="1",
            showLabel="1", visibilityExpressionEnabled="0",
        )  # fmt: skip
        for name in names:
            index = str(list(columns).index(name))
            SubElement(tab, "attributeEditorField", name=name, index=index, showLabel="1")


def _map_tip(columns: Sequence[str]) -> Element:
    """Return what is shown where the pointer rests: text, whatever stands in the data."""
    told = "explanation" if "explanation" in columns else FINDINGS_OF_LOCATION
    safe = [
        f"replace(replace(coalesce(\"{name}\", ''), '&', '&amp;'), '<', '&lt;')"
        for name in (PARCEL_ID, told)
    ]
    tip = Element("mapTip")
    tip.text = f'<div style="width: 360px"><b>[% {safe[0]} %]</b><br>[% {safe[1]} %]</div>'
    return tip
