"""Styles in QGIS's own language (QML), so that the GeoPackage opens in colours: by class of the score, the unknown hatched."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import quoteattr

from flexruimte.wording.labels import LAYOUT_KINDS, Language, label

__all__ = [
    "SCORE_CLASSES",
    "UNKNOWN_COLOUR",
    "style_of_buildable",
    "style_of_layout",
    "style_of_locations",
]

SCORE_CLASSES: Final = (
    (80, 101, "#00441b"),
    (60, 80, "#238b45"),
    (40, 60, "#66c2a4"),
    (20, 40, "#b2e2e2"),
    (0, 20, "#edf8fb"),
)
"""From, up to but not including, colour; readable without seeing red or green apart."""
UNKNOWN_COLOUR: Final = "#969696"
_LAYOUT_COLOURS: Final = {
    "road": "#d9d9d9",
    "paved": "#bdbdbd",
    "path": "#f0e0c0",
    "module": "#e6550d",
}
_OUTLINE: Final = "#404040"
_RANKED: Final = '"rank" IS NOT NULL'


def style_of_locations(language: Language) -> str:
    """Return the style of the parcels: coloured by score, unknown hatched, with the rank as label."""
    return _document(language, filled=True)


def style_of_buildable(language: Language) -> str:
    """Return the style of the buildable parts: an outline in the colour of the score, so that the parcel shows through."""
    return _document(language, filled=False)


def _document(language: Language, *, filled: bool) -> str:
    dutch = language == "nl"
    classes: list[tuple[str, str, str]] = []
    for low, high, colour in SCORE_CLASSES:
        name = f"score {low}-{min(high, 100)}"
        classes.append(
            (
                name,
                f'{_RANKED} AND "score" >= {low} AND "score" < {high}',
                _fill(colour, filled=filled),
            )
        )
    classes.append(
        (
            "zonder score" if dutch else "without score",
            f'{_RANKED} AND "score" IS NULL',
            _fill("#ffffff", filled=filled),
        )
    )
    unknown = _fill(UNKNOWN_COLOUR, filled=False) + (_hatch() if filled else "")
    classes.append(("onbekend" if dutch else "unknown", '"rank" IS NULL', unknown))
    return _by_rules(classes, _labelling() if filled else "")


def style_of_layout(language: Language) -> str:
    """Return the style of the layouts: modules on roads and paths."""
    return _by_rules(
        [
            (label(LAYOUT_KINDS, kind, language), f'"kind" = {kind!r}', _fill(colour, filled=True))
            for kind, colour in _LAYOUT_COLOURS.items()
        ]
    )


def _by_rules(classes: list[tuple[str, str, str]], labelling: str = "") -> str:
    """Return a style with a rule per class: its name, its condition and how it is filled."""
    rules = "".join(
        _rule(number, name, condition) for number, (name, condition, _) in enumerate(classes)
    )
    symbols = "".join(_symbol(number, fill) for number, (_, _, fill) in enumerate(classes))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.28.0" styleCategories="Symbology|Labeling" labelsEnabled="{int(bool(labelling))}">\n'
        '<renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0" referencescale="-1">\n'
        f'<rules key="{{00000000-0000-4000-8000-000000000000}}">\n{rules}</rules>\n'
        f"<symbols>\n{symbols}</symbols>\n</renderer-v2>\n"
        f"{labelling}"
        "<blendMode>0</blendMode>\n<featureBlendMode>0</featureBlendMode>\n<layerGeometryType>2</layerGeometryType>\n</qgis>\n"
    )


def _rule(number: int, name: str, condition: str) -> str:
    key = f"{{00000000-0000-4000-8000-{number + 1:012d}}}"
    return f'<rule key="{key}" symbol="{number}" label={quoteattr(name)} filter={quoteattr(condition)}/>\n'


def _symbol(number: int, layers: str) -> str:
    return f'<symbol name="{number}" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">\n{layers}</symbol>\n'


def _fill(colour: str, *, filled: bool) -> str:
    outline = _OUTLINE if filled else colour
    return _layer(
        "SimpleFill",
        {
            "color": _rgba(colour, 200),
            "style": "solid" if filled else "no",
            "outline_color": _rgba(outline),
            "outline_style": "solid",
            "outline_width": "0.2" if filled else "0.7",
            "outline_width_unit": "MM",
            "joinstyle": "bevel",
        },
    )


def _hatch() -> str:
    line = _layer(
        "SimpleLine",
        {
            "line_color": _rgba(UNKNOWN_COLOUR),
            "line_width": "0.3",
            "line_width_unit": "MM",
            "line_style": "solid",
        },
    )
    inner = f'<symbol name="@hatch" type="line" alpha="1" clip_to_extent="1" force_rhr="0">\n{line}</symbol>\n'
    return _layer(
        "LinePatternFill",
        {"angle": "45", "distance": "2", "distance_unit": "MM", "line_width": "0.3"},
        inner,
    )


def _layer(kind: str, options: dict[str, str], inner: str = "") -> str:
    written = "".join(
        f'<Option name="{name}" type="QString" value={quoteattr(value)}/>'
        for name, value in options.items()
    )
    old = "".join(f'<prop k="{name}" v={quoteattr(value)}/>' for name, value in options.items())
    return f'<layer class="{kind}" enabled="1" locked="0" pass="0"><Option type="Map">{written}</Option>{old}\n{inner}</layer>\n'


def _rgba(colour: str, alpha: int = 255) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _labelling() -> str:
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        '<text-style fieldName="rank" isExpression="0" fontFamily="Open Sans" fontSize="9" fontSizeUnit="Point" fontWeight="75" '
        'textColor="30,30,30,255" textOpacity="1" namedStyle="Bold" useSubstitutions="0">'
        '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" bufferOpacity="1"/>'
        "</text-style>"
        '<placement placement="1" centroidInside="1" centroidWhole="1" priority="5"/>'
        '<rendering obstacle="1" drawLabels="1" scaleVisibility="0" displayAll="0"/>'
        "</settings></labeling>\n"
    )
