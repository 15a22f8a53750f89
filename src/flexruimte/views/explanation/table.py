"""The explanation of one parcel, for a notebook and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from flexruimte.wording.labels import (
    BASES,
    COLUMNS,
    CONDITIONS,
    LEVELS,
    STATUSES,
    VERDICTS,
    Language,
    label,
    number_text,
)

if TYPE_CHECKING:
    from rich.console import Group

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

_STYLE = """
.flexruimte { font-size: 0.9em; max-width: 75em }
.flexruimte table { border-collapse: collapse; width: 100%; margin: 0.2em 0 0.6em }
.flexruimte th, .flexruimte td {
  text-align: left !important; vertical-align: top; padding: 0.15em 0.6em 0.15em 0 }
.flexruimte tr { border-bottom: 1px solid #8884 }
.flexruimte summary { cursor: pointer; font-weight: 600; padding: 0.2em 0 }
.flexruimte small { opacity: 0.75 }
.flexruimte .v {
  display: inline-block; min-width: 5.5em; padding: 0 0.5em; border-radius: 0.7em;
  text-align: center; color: #fff }
.flexruimte .yes { background: #2e7d32 }
.flexruimte .no { background: #b71c1c }
.flexruimte .unknown { color: #5d4037;
  background: repeating-linear-gradient(45deg, #ffe082, #ffe082 4px, #fff8e1 4px, #fff8e1 8px);
  border: 1px dashed #8d6e63 }
.flexruimte .left_out { color: #555; background: #e0e0e0 }
.flexruimte .scored { background: #1565c0 }
"""


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
        for condition in CONDITIONS:
            rows = self.table[self.table["condition"] == condition]
            if len(rows):
                yield condition, rows

    def _verdict(self, row: Any) -> str:
        """Return a verdict in words; also where land is taken away though the answer is yes."""
        if row.verdict == "scored":
            return number_text(row.score, 0, self.language)
        text = f"{_MARKS[row.verdict]} {label(VERDICTS, row.verdict, self.language)}"
        if (
            row.verdict == "yes"
            and row.excludes
            and row.covered_share
            and row.covered_share > 0
            and not row.edge
        ):
            text += ", deels" if self.language == "nl" else ", partly"
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
            "level": label(LEVELS, row.level, self.language),
            "layer": " ".join(
                filter(None, [row.layer, f"({row.reference_date})" if row.reference_date else ""])
            ),
            "basis": label(BASES, row.basis, self.language),
            "source": row.source,
        }

    def _repr_html_(self) -> str:
        """Return a compact table for a notebook; conditions with a no or an unknown are open."""
        facts = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>"
            for name, text in self.facts.items()
        )
        status = escape(label(STATUSES, self.status, self.language))
        parts = [
            f"<style>{_STYLE}</style><div class='flexruimte'>",
            f"<b>{escape(self.parcel_id)}</b>, {escape(self.municipality)}: <b>{status}</b>",
            f"<p>{escape(self.decision)}</p>" if self.decision else "",
            f"<table style='width: auto'>{facts}</table>",
            *(self._html_of_group(condition, rows) for condition, rows in self._groups),
            f"<small>{escape(self.footnote)}</small></div>",
        ]
        return "".join(parts)

    def _html_of_group(self, condition: str, rows: pd.DataFrame) -> str:
        counts = rows["verdict"].value_counts()
        said = ", ".join(
            f"{counts[verdict]} {label(VERDICTS, verdict, self.language)}"
            for verdict in VERDICTS
            if verdict in counts
        )
        opened = (
            " open"
            if rows["verdict"].isin(["no", "unknown"]).any()
            or (rows["covered_share"].fillna(0) > 0).any()
            else ""
        )
        head = "".join(f"<th>{escape(label(COLUMNS, name, self.language))}</th>" for name in _SHOWN)
        body = "".join(self._html_of_row(row) for row in rows.itertuples())
        name = escape(label(CONDITIONS, condition, self.language))
        return (
            f"<details{opened}><summary>{name} <small>({escape(said)})</small></summary>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
        )

    def _html_of_row(self, row: Any) -> str:
        cells = {name: escape(text) for name, text in self._cells(row).items()}
        cells["verdict"] = f"<span class='v {row.verdict}'>{cells['verdict']}</span>"
        cells["title"] = f"<span title='{escape(row.sentence, quote=True)}'>{cells['title']}</span>"
        if row.advice and row.verdict in ("no", "unknown"):
            cells["title"] += f"<br><small>{escape(row.advice)}</small>"
        cells["source"] = f"<small>{cells['source']}</small>"
        return "<tr>" + "".join(f"<td>{cells[name]}</td>" for name in _SHOWN) + "</tr>"

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
            title = label(CONDITIONS, condition, self.language)
            grid = Table(
                title=title, title_justify="left", title_style="bold", expand=True, pad_edge=False
            )
            shown = ("verdict", "title", "found", "test", "level")
            for name in shown:
                grid.add_column(
                    label(COLUMNS, name, self.language),
                    overflow="fold",
                    ratio={"title": 5, "found": 2, "test": 3}.get(name),
                )
            for row in rows.itertuples():
                cells = self._cells(row)
                details = filter(
                    None,
                    [f"{cells['basis']}: {cells['source']}", cells["layer"], cells["features"]],
                )
                question = Text.assemble(
                    cells["title"], *((f"\n{detail}", "dim") for detail in details)
                )
                verdict = Text(cells["verdict"], style=_COLOURS[str(row.verdict)])
                grid.add_row(verdict, question, *(Text(cells[name]) for name in shown[2:]))
            groups += [Text(), grid]
        return Group(*groups, Text(self.footnote, style="dim"))

    def to_text(self, width: int = 120) -> str:
        """Return everything as plain text.

        Parameters
        ----------
        width
            Characters per line.
        """
        from rich.console import Console

        console = Console(file=StringIO(), width=width, color_system=None, legacy_windows=False)
        with console.capture() as capture:
            console.print(self)
        return capture.get()
