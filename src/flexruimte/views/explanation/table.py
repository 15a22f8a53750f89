"""The explanation of one parcel, for a notebook and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from flexruimte.views.html import render
from flexruimte.vocabulary import Condition
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

__all__ = ["TABLE_COLUMNS", "Explanation"]

TABLE_COLUMNS = (
    "kind",
    "rule",
    "title",
    "condition",
    "level",
    "excludes",
    "verdict",
    "value",
    "unit",
    "score",
    "covered_m2",
    "covered_share",
    "edge",
    "found",
    "test",
    "features",
    "feature_count",
    "layer",
    "reference_date",
    "source",
    "basis",
    "advice",
    "sentence",
)
"""Columns of the table: what was found and asked as values and as texts."""

_SHOWN = ("verdict", "title", "found", "test", "features", "level", "layer", "basis", "source")
_MARKS = {"yes": "✓", "no": "✗", "unknown": "?", "left_out": "-", "scored": ""}
_COLOURS = {
    "yes": "green",
    "no": "bold red",
    "unknown": "bold yellow",
    "left_out": "dim",
    "scored": "cyan",
}


@dataclass(frozen=True)
class Explanation:
    """Every rule and criterion for one parcel."""

    parcel_id: str
    municipality: str
    status: str
    decision: str
    """The decision in force and what takes precedence; empty where there is none."""
    facts: dict[str, str]
    """What is said of the parcel as a whole, by label."""
    sentences: list[str]
    """What matters most, to be read out."""
    table: pd.DataFrame
    """A row per rule and criterion; the columns are `TABLE_COLUMNS`."""
    language: Language
    footnote: str

    def __repr__(self) -> str:
        """Return a one-line description."""
        counts = self.table["verdict"].value_counts()
        said = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
        return f"<Explanation of {self.parcel_id}: {self.status}; {said}>"

    def __str__(self) -> str:
        """Return the sentences."""
        return "\n".join(self.sentences)

    @property
    def _groups(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The rows per condition, in the order of the vocabulary."""
        for condition in (*Condition, "criterion"):
            rows = self.table[self.table["condition"] == condition]
            if len(rows):
                yield condition, rows

    def _verdict(self, row: Any) -> str:
        """Return a verdict in words; also where land is taken away though the answer is yes."""
        if row.verdict == "scored":
            return number_text(row.score, 0, self.language)
        text = f"{_MARKS[row.verdict]} {label('verdict', row.verdict, self.language)}"
        if (
            row.verdict == "yes"
            and row.excludes
            and row.covered_share
            and row.covered_share > 0
            and not row.edge
        ):
            return message("verdict-partly", self.language, verdict=text)
        return text

    def _cells(self, row: Any) -> dict[str, str]:
        more = row.feature_count - len(row.features.split("; "))
        tail = f" (+{more})" if row.features and more > 0 else ""
        return {
            "verdict": self._verdict(row),
            "title": row.title,
            "found": row.found,
            "test": row.test,
            "features": row.features + tail,
            "level": label("level", row.level, self.language),
            "layer": " ".join(
                filter(None, [row.layer, f"({row.reference_date})" if row.reference_date else ""])
            ),
            "basis": label("basis", row.basis, self.language),
            "source": row.source,
        }

    def _repr_html_(self) -> str:
        """Return a compact table for a notebook; conditions with a no or an unknown are open."""
        return render(
            "explanation",
            parcel_id=self.parcel_id,
            municipality=self.municipality,
            status=label("status", self.status, self.language),
            decision=self.decision,
            facts=self.facts,
            head=[label("column", name, self.language) for name in _SHOWN],
            groups=[self._group_values(condition, rows) for condition, rows in self._groups],
            footnote=self.footnote,
        )

    def _group_values(self, condition: str, rows: pd.DataFrame) -> dict[str, Any]:
        """Return what the template shows of the rules and criteria about one condition."""
        counts = rows["verdict"].value_counts()
        said = [
            f"{counts[verdict]} {label('verdict', verdict, self.language)}"
            for verdict in _MARKS
            if verdict in counts
        ]
        return {
            "title": label("condition", condition, self.language),
            "counts": ", ".join(said),
            "open": rows["verdict"].isin(["no", "unknown"]).any()
            or (rows["covered_share"].fillna(0) > 0).any(),
            "rows": [(row, self._cells(row)) for row in rows.itertuples()],
        }

    def __rich__(self) -> Group:
        """Return what rich shows in a terminal."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        facts = Table.grid(padding=(0, 2))
        for name, text in self.facts.items():
            facts.add_row(Text(name, style="dim"), Text(text))
        groups: list[Any] = [*(Text(sentence) for sentence in self.sentences), Text(), facts]
        for condition, rows in self._groups:
            groups += [Text(), self._grid(condition, rows)]
        return Group(*groups, Text(self.footnote, style="dim"))

    def _grid(self, condition: str, rows: pd.DataFrame) -> Table:
        """Return the table in a terminal of the rules and criteria about one condition."""
        from rich.table import Table
        from rich.text import Text

        title = label("condition", condition, self.language)
        grid = Table(
            title=title, title_justify="left", title_style="bold", expand=True, pad_edge=False
        )
        ratios = {"verdict": None, "title": 5, "found": 2, "test": 3, "level": None}
        for name, ratio in ratios.items():
            grid.add_column(label("column", name, self.language), overflow="fold", ratio=ratio)
        for row in rows.itertuples():
            cells = self._cells(row)
            origin = f"{cells['basis']}: {cells['source']}"
            details = filter(None, [origin, cells["layer"], cells["features"]])
            grid.add_row(
                Text(cells["verdict"], style=_COLOURS[str(row.verdict)]),
                Text.assemble(cells["title"], *((f"\n{detail}", "dim") for detail in details)),
                *(Text(cells[name]) for name in ("found", "test", "level")),
            )
        return grid

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
