"""Two locations side by side: class, score by theme, homes, term, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pandas as pd

from flexruimte.errors import OutputError
from flexruimte.results.read import ParcelResults
from flexruimte.results.rule_text import known_value
from flexruimte.results.summary_model import Summary
from flexruimte.views.explanation import Explanation, explain
from flexruimte.views.explanation.table import in_order
from flexruimte.views.html import render
from flexruimte.vocabulary import (
    HOMES,
    MUNICIPALITY_CODE,
    PARCEL_ID,
    PRIORITY,
    RANK,
    STATUS,
    THEMES,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from rich.console import Group

__all__ = ["Comparison", "compare"]

_PARTS: Final = {
    "location": "compare-location",
    "theme": "compare-theme",
    "rule": "compare-rule",
}
"""Parts of a comparison, in their order, with the message that is their title."""


@dataclass(frozen=True)
class Comparison:
    """Two locations of a run side by side."""

    first: str
    """Id of the one."""
    second: str
    """Id of the other."""
    decides: str
    """Which comes first, and by what."""
    table: pd.DataFrame
    """A row for each thing that is compared: `part` ("location", "theme" or "rule"), `about`,
    `first` and `second`, as texts. Of rules only those with different answers are told."""
    language: Language

    def __repr__(self) -> str:
        """Return a one-line description."""
        return f"<Comparison of {self.first} and {self.second}: {self.decides}>"

    def __str__(self) -> str:
        """Return what decides."""
        return self.decides

    def _parts(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        """Yield the title and the rows of each part of the table."""
        for part, rows in self.table.groupby("part", sort=False):
            cells = rows[["about", "first", "second"]].itertuples(index=False, name=None)
            yield message(_PARTS[str(part)], self.language), list(cells)

    def _repr_html_(self) -> str:
        """Return tables for a notebook."""
        return render(
            "comparison",
            decides=self.decides,
            first=self.first,
            second=self.second,
            parts=list(self._parts()),
        )

    def __rich__(self) -> Group:
        """Return what rich shows in a terminal."""
        from rich.console import Group
        from rich.text import Text

        from flexruimte.wording.plain_table import PlainTable

        shown: list[Any] = [Text(self.decides)]
        for title, rows in self._parts():
            table = PlainTable(["", self.first, self.second], rows, texts=3)
            shown += [Text(), Text(title, style="bold"), table]
        return Group(*shown)

    def to_text(self, width: int = 120) -> str:
        """Return everything as plain text.

        Parameters
        ----------
        width
            Characters per line.
        """
        from flexruimte.wording.console import PlainConsole  # rich takes long to load

        console = PlainConsole(
            file=StringIO(), width=width, color_system=None, legacy_windows=False
        )
        with console.capture() as capture:
            console.print(self)
        return capture.get()


def compare(
    first: ParcelResults, second: ParcelResults, language: Language | None = None
) -> Comparison:
    """Put two parcels or locations of a run side by side.

    Parameters
    ----------
    first, second
        What the results say of each.
    language
        nl or en; None is the language of the study.

    Raises
    ------
    OutputError
        When both are the same.
    """
    ids = [str(each.row[PARCEL_ID]) for each in (first, second)]
    if ids[0] == ids[1]:
        raise OutputError(f"'{ids[0]}' is named twice; give the ids of two locations")
    chosen = language or first.summary.study.language
    pair = [
        _Side(each, explain(each.row, each.findings, each.summary, chosen, each.site))
        for each in (first, second)
    ]
    rows = [*_of_location(pair, chosen), *_of_themes(pair, chosen), *_of_rules(pair, chosen)]
    table = pd.DataFrame(rows, columns=["part", "about", "first", "second"])
    return Comparison(ids[0], ids[1], _decides(pair, chosen), table, chosen)


@dataclass(frozen=True)
class _Side:
    """One of the two."""

    results: ParcelResults
    explanation: Explanation

    @property
    def summary(self) -> Summary:
        return self.results.summary

    def value(self, name: str) -> Any:
        """Return what its row says; None where that is not known."""
        return known_value(self.results.row, name)


_Line: TypeAlias = tuple[str, str, str, str]
"""Part, what it is about, and what is said of each."""


def _of_location(pair: list[_Side], language: Language) -> Iterator[_Line]:
    """Yield status, what is said of the class of priority, and the facts of each as a whole."""
    statuses = [label("status", str(side.value(STATUS)), language) for side in pair]
    yield "location", label("column", STATUS, language), *_two(statuses)
    facts = [side.explanation.facts for side in pair]
    for name in dict.fromkeys([*facts[0], *facts[1]]):
        yield "location", name, *_two([each.get(name, "-") for each in facts])
    if any(side.explanation.priority for side in pair):
        why = message("compare-why-class", language)
        yield "location", why, *_two([side.explanation.priority or "-" for side in pair])


def _of_themes(pair: list[_Side], language: Language) -> Iterator[_Line]:
    """Yield the score of each theme that one of the two has."""
    for theme in THEMES:
        scores = [side.value(theme) for side in pair]
        if scores == [None, None]:
            continue
        facts = pair[0].summary.themes.get(theme)
        spread = message("spread-suitability", language)
        title = spread if facts is None else in_language(facts.title, language)
        yield "theme", title, *_two([_score(each, language) for each in scores])


def _of_rules(pair: list[_Side], language: Language) -> Iterator[_Line]:
    """Yield what the rules found that have another answer for the one than for the other."""
    tables = [side.explanation.table for side in pair]
    by_rule = [{row["rule"]: row for row in table.to_dict("records")} for table in tables]
    fine, every = label("part", "fine", language), in_order(pd.concat(tables).to_dict("records"))
    for rule in dict.fromkeys(row["rule"] for row in every):
        found = [rows[rule] for rows in by_rule if rule in rows]
        parts = {row["part"] for row in found}
        if len(found) < len(pair) or len(parts) == 1 or "criterion" in parts:
            continue
        said = [fine if row["part"] == "fine" else row["sentence"] for row in found]
        yield "rule", found[0]["title"], *_two(said)


def _two(texts: list[str]) -> tuple[str, str]:
    return texts[0], texts[1]


def _score(score: float | None, language: Language) -> str:
    return (
        message("unknown", language)
        if score is None
        else number_text(score, 1, language, aligned=True)
    )


def _decides(pair: list[_Side], language: Language) -> str:
    """Return which of the two comes first, and by what: class, score, homes, then id."""
    places = [side.value(MUNICIPALITY_CODE) for side in pair]
    names = [str(side.value(PARCEL_ID)) for side in pair]
    ranks = [side.value(RANK) for side in pair]
    if places[0] != places[1]:
        return message("compare-apart", language, first=names[0], second=names[1])
    if ranks == [None, None]:
        return message("compare-neither", language, first=names[0], second=names[1])
    first = 1 if ranks[0] is None or (ranks[1] is not None and ranks[1] < ranks[0]) else 0
    best, other = pair[first], pair[1 - first]
    said = {"first": names[first], "second": names[1 - first]}
    if other.value(RANK) is None:
        status = label("status", str(other.value(STATUS)), language)
        return message("compare-ranked", language, status=status, **said)
    classes = [_class(side, language) for side in (best, other)]
    if classes[0] != classes[1]:
        return message("compare-by-priority", language, above=classes[0], below=classes[1], **said)
    for name, message_id in (("score", "compare-by-score"), (HOMES, "compare-by-homes")):
        more, less = best.value(name), other.value(name)
        if more != less:
            values = [number_text(value, 2, language) for value in (more, less)]
            return message(message_id, language, more=values[0], less=values[1], **said)
    return message("compare-by-id", language, **said)


def _class(side: _Side, language: Language) -> str:
    facts = side.summary.priorities.get(side.value(PRIORITY) or "")
    return "" if facts is None else in_language(facts.title, language)
