"""The styles in `styles/*.qml`: what QGIS draws the layers of the GeoPackage with.

They are files in QGIS's own format: open one in QGIS, change it and save it over the old one. Words
that depend on the language are written ``$name`` there.
"""

from __future__ import annotations

from importlib import resources
from string import Template
from typing import Final
from xml.sax.saxutils import escape

from flexruimte.vocabulary import LAYOUT_KINDS
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message

__all__ = ["SCORE_CLASSES", "UNKNOWN_COLOUR", "qgis_style"]

SCORE_CLASSES: Final = (
    (80, 101, "#00441b"),
    (60, 80, "#238b45"),
    (40, 60, "#66c2a4"),
    (20, 40, "#b2e2e2"),
    (0, 20, "#edf8fb"),
)
"""From, up to but not including, colour; readable without seeing red or green apart."""
UNKNOWN_COLOUR: Final = "#969696"


def qgis_style(layer: str, language: Language) -> str:
    """Return the style of a layer of the GeoPackage, as QML.

    Parameters
    ----------
    layer
        `locations` (coloured by score, the unknown hatched, the rank as label), `buildable` (an
        outline in the colour of the score, so that the parcel shows through) or `layout` (modules
        on roads and paths).
    language
        Of the legend.

    Examples
    --------
    >>> 'label="zonder score"' in qgis_style("locations", "nl")
    True
    """
    words = {
        **{kind: label("layout", kind, language) for kind in LAYOUT_KINDS},
        "without_score": message("legend-without-score", language),
        "unknown": message("unknown", language),
    }
    path = resources.files("flexruimte.results") / "styles" / f"{layer}.qml"
    escaped = {name: escape(word, {'"': "&quot;"}) for name, word in words.items()}
    return Template(path.read_text(encoding="utf-8")).substitute(escaped)
