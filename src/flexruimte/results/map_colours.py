"""Which colour a location has on every map, and what the legend calls it.

By class of priority; by score where the ruleset has no classes. The map of a run
(`views/web/page/colours.js`), QGIS and the pictures of a notebook have the same colours, which
people tell apart who see no red or green: hues that differ in lightness for classes, cividis
(Nuñez and others, 2018) for scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from flexruimte.results.summary_model import Summary
from flexruimte.vocabulary import PRIORITY, RANK, Integers
from flexruimte.wording.labels import in_language

__all__ = [
    "CLASS_COLOURS",
    "OTHER_COLOUR",
    "SCORE_STEPS",
    "UNRANKED_COLOUR",
    "MapClass",
    "class_numbers",
    "map_classes",
]

CLASS_COLOURS: Final = ("#0a4f8f", "#e69a1c", "#9aa3a8", "#6c7a5c", "#b08a6e", "#54606a")
"""Of the classes of priority, from the best."""
SCORE_STEPS: Final = (
    (80, 101, "#00204d"),
    (60, 80, "#3f4d6b"),
    (40, 60, "#7c7b78"),
    (20, 40, "#b8a75f"),
    (0, 20, "#eed54b"),
)
"""From, up to but not including, colour."""
UNRANKED_COLOUR: Final = "#cbb8d8"
"""Of a location without a rank, as too little is known of it."""
OTHER_COLOUR: Final = "#e6e1da"
"""Of a parcel that is no location."""


@dataclass(frozen=True)
class MapClass:
    """A class of ranked locations on a map."""

    value: str
    """Id of the class of priority; the lowest score of a step."""
    title: str
    """In the language of the study."""
    colour: str
    """As "#rrggbb"."""


def map_classes(summary: Summary) -> list[MapClass]:
    """Return the classes that locations are coloured by, from the best.

    Parameters
    ----------
    summary
        Of the municipality: the classes of priority, their titles and the language.
    """
    language = summary.study.language
    if not summary.priorities:
        return [
            MapClass(str(low), f"{low}-{min(high, 100)}", colour)
            for low, high, colour in SCORE_STEPS
        ]
    return [
        MapClass(name, in_language(facts.title, language), CLASS_COLOURS[at % len(CLASS_COLOURS)])
        for at, (name, facts) in enumerate(summary.priorities.items())
    ]


def class_numbers(locations: pd.DataFrame, summary: Summary) -> Integers:
    """Return in which of the classes of `map_classes` locations are, -1 for those without a rank.

    Parameters
    ----------
    locations
        With `rank`, `priority` and `score`. (n, ...)
    summary
        Of the municipality.

    Returns
    -------
    numpy.ndarray
        Positions. (n,) int
    """
    if summary.priorities:
        names = pd.Index([each.value for each in map_classes(summary)])
        found = names.get_indexer(pd.Index(locations[PRIORITY].astype(object)))
    else:
        scores = locations["score"].to_numpy(dtype=np.float64, na_value=np.nan)
        within = [(scores >= low) & (scores < high) for low, high, _ in SCORE_STEPS]
        found = np.where(np.any(within, axis=0), np.argmax(within, axis=0), -1)
    return np.where(locations[RANK].notna().to_numpy(), found, -1).astype(np.intp)
