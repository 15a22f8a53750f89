"""The explanation of one parcel, for a notebook and for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pandas as pd

from flexruimte.views.html import render
from flexruimte.vocabulary import Condition, Level
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

    from flexruimte.wording.plain_table import Cell, PlainTable

__all__ = ["TABLE_COLUMNS", "TOLD", "Explanation", "in_order"]

TABLE_COLUMNS = (
    "kind",
    "part",
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

Row = TypeVar("Row", bound=Mapping[Any, Any])

PARTS: Final = (
    "objection",
    "overruled",
    "attention",
    "note",
    "missing",
    "taken",
    "fine",
    "left_out",
    "criterion",
)
"""Parts of an explanation: first what decides, then what is open, then what is fine."""
TOLD: Final = PARTS[: PARTS.index("fine")]
"""Parts whose findings are read out."""
_FOLDED: Final = ("fine", "left_out", "criterion")
_SHOWN = (
    "verdict",
    "finding",
    "found",
    "test",
    "features",
    "level",
    "condition",
    "layer",
    "source",
)
_MARKS = {"yes": "✓", "no": "✗", "unknown": "?", "left_out": "-", "scored": ""}
_COLOURS = {
    "yes": "green",
    "no": "bold red",
    "unknown": "bold yellow",
    "left_out": "dim",
    "scored": "cyan",
}


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows by the part of the explanation, then by level, then by condition."""
    return sorted(rows, key=_place)


def _place(row: Mapping[Any, Any]) -> tuple[int, int, int]:
    condition, level = row["condition"], row["level"]
    return (
        PARTS.index(row["part"]),
        list(Level).index(level) if level else len(Level),
        list(Condition).index(condition) if condition in set(Condition) else len(Condition),
    )


@dataclass(frozen=True)
class Explanation:
    """Every rule and criterion for one parcel."""

    parcel_id: str
    municipality: str
    status: str
    decision: str
    """The decision in force and what takes precedence; empty where there is none."""
    priority: str
    """Its class, and what keeps it out of the one above; empty where it has none."""
    facts: dict[str, str]
    """What is said of the parcel as a whole, by label."""
    whole: list[str]
    """What is said of the parcel as a whole: its location, the outcome, class and decision."""
    open_points: list[tuple[str, list[str]]]
    """What excludes, calls for attention, is open or falls away: a title and its sentences."""
    tally: str
    """How many answers there are of each kind."""
    table: pd.DataFrame
    """A row per rule and criterion; the columns are `TABLE_COLUMNS`."""
    language: Language
    footnote: str

    def __repr__(self) -> str:
        """Return a one-line description."""
        counts = self.table["verdict"].value_counts()
        said = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
        return f"<Explanation of {self.parcel_id}: {self.status}; {said}>"

    @property
    def sentences(self) -> list[str]:
        """What matters most, to be read out."""
        points = [sentence for _, each in self.open_points for sentence in each]
        # Two rules may find the same thing, such as whose land it is: the harder one says so.
        return [*dict.fromkeys([*self.whole, *points]), self.tally]

    def __str__(self) -> str:
        """Return the sentences."""
        return "\n".join(self.sentences)

    @property
    def _groups(self) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """The part, the title and the rows of each group; what is fine is grouped by condition."""
        ordered = pd.DataFrame(in_order(self.table.to_dict("records")), columns=list(self.table))
        for part in PARTS:
            rows, title = ordered[ordered["part"] == part], label("part", part, self.language)
            if part != "fine":
                yield from [(part, title, rows)] if len(rows) else []
                continue
            for condition, some in rows.groupby("condition", sort=False):
                about = label("condition", str(condition), self.language)
                titled = message("group-of-condition", self.language, part=title, condition=about)
                yield part, titled, some

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
            "finding": row.title if row.part in _FOLDED else row.sentence,
            "condition": label("condition", row.condition, self.language),
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
        """Return compact tables for a notebook: what is fine is folded."""
        return render(
            "explanation",
            parcel_id=self.parcel_id,
            municipality=self.municipality,
            status=label("status", self.status, self.language),
            decision=self.decision,
            facts=self.facts,
            head=[label("column", name, self.language) for name in _SHOWN],
            groups=[self._group_values(*group) for group in self._groups],
            footnote=self.footnote,
        )

    def _group_values(self, part: str, title: str, rows: pd.DataFrame) -> dict[str, Any]:
        """Return what the template shows of a group of rules or criteria."""
        return {
            "title": title,
            "count": len(rows),
            "open": part not in _FOLDED,
            "rows": [(row, self._cells(row)) for row in rows.itertuples()],
        }

    def __rich__(self) -> Group:
        """Return what rich shows in a terminal: what decides and what is open."""
        return self.in_terminal()

    def in_terminal(self, *, every: bool = False, sources: bool = False) -> Group:
        """Return what rich shows in a terminal.

        Parameters
        ----------
        every
            Whether to show every rule and criterion, with its value, test, level and layer.
        sources
            Whether to show with those what each rests on, as the ruleset writes it.
        """
        from rich.console import Group
        from rich.text import Text

        shown: list[Any] = [Text(sentence) for sentence in self.whole]
        shown += [Text(), *self._fact_lines()]
        if every or sources:
            for _, title, rows in self._groups:
                shown += [Text(), Text(title, style="bold"), self._grid(rows, sources=sources)]
        else:
            for title, sentences in self.open_points:
                shown += [Text(), Text(title, style="bold")]
                shown += [_item(sentence) for sentence in sentences]
        shown += [Text(), Text(self.tally)]
        hint = "" if every or sources else message("explanation-fold", self.language)
        return Group(*shown, *(Text(line, style="dim") for line in (hint, self.footnote) if line))

    def _fact_lines(self) -> list[Any]:
        from rich.table import Table
        from rich.text import Text

        facts = Table.grid(padding=(0, 2))
        for name, text in self.facts.items():
            facts.add_row(Text(name, style="dim"), Text(text))
        return [facts]

    def _grid(self, rows: pd.DataFrame, *, sources: bool) -> PlainTable:
        """Return the table in a terminal of a group of rules or criteria."""
        from rich.text import Text

        from flexruimte.wording.plain_table import PlainTable

        cells: list[list[Cell]] = []
        for row in rows.itertuples():
            said = self._cells(row)
            origin = f"{said['basis']}: {said['source']}" if sources else ""
            details = filter(None, [said["layer"], said["features"], origin])
            finding = Text.assemble(said["finding"], *((f"\n{each}", "dim") for each in details))
            verdict = Text(said["verdict"], style=_COLOURS[str(row.verdict)])
            cells.append([verdict, finding, *(said[name] for name in ("found", "test", "level"))])
        names = ("verdict", "finding", "found", "test", "level")
        headings = [label("column", name, self.language) for name in names]
        return PlainTable(headings, cells, texts=len(names))

    def to_text(self, width: int = 120, *, every: bool = False, sources: bool = False) -> str:
        """Return what a terminal shows as plain text.

        Parameters
        ----------
        width
            Characters per line.
        every, sources
            As `in_terminal` takes them.
        """
        from flexruimte.wording.console import PlainConsole  # rich takes long to load

        console = PlainConsole(
            file=StringIO(), width=width, color_system=None, legacy_windows=False
        )
        with console.capture() as capture:
            console.print(self.in_terminal(every=every, sources=sources))
        return capture.get()


def _item(sentence: str) -> Table:
    """Return an item of a list, whose further lines stand under its first."""
    from rich.table import Table
    from rich.text import Text

    item = Table.grid(padding=(0, 1, 0, 0))
    item.add_row("-", Text(sentence))
    return item
