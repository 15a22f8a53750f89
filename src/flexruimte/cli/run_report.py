"""What a run prints at its end: what to beware of, and a table of its municipalities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from flexruimte.batch import BatchReport, Event, MunicipalityRun
from flexruimte.errors import enumerate_some, printable

__all__ = ["called", "doubts", "table_of"]

_STATUSES: Final = ("available", "attention", "unknown", "excluded")
_NOT_RANKED: Final = ("unknown", "excluded")
_LITTLE_KNOWN: Final = 0.5
"""Where half of the ranked know less than this share, little is known."""
_MANY_SHARE: Final = 0.25
"""More than this share of the ranked with one score is many."""
_FEW: Final = 4
"""So few ranked locations are told apart at a glance."""
_MOST_NAMED: Final = 3


def called(municipality: Event | MunicipalityRun) -> str:
    """Return the name of a municipality, with its code where that is not the name."""
    name, code = printable(municipality.name), printable(municipality.code)
    return name if name == code else f"{name} ({code})"


def doubts(report: BatchReport) -> list[str]:
    """Return what must be known before the ranking is read: a line for each kind of doubt.

    That little is known of what is ranked, that many share a score, and that nothing can be in the
    best class of priority, for want of an answer.
    """
    done = [entry for entry in report.municipalities if entry.state == "done"]
    ranked = [entry for entry in done if entry.ranked]
    little = [entry for entry in ranked if (entry.ranked_known_share or 0.0) < _LITTLE_KNOWN]
    shared = [
        entry
        for entry in ranked
        if entry.ranked > _FEW and entry.sharing_a_score > _MANY_SHARE * entry.ranked
    ]
    unanswered = [entry for entry in done if entry.never_answered]
    lines = []
    if little:
        where = _named(little, lambda entry: f"{entry.ranked_known_share or 0.0:.0%}")
        lines.append(
            "with few layers this is no ranking yet: of half of the ranked locations no more than "
            f"this share of rules and criteria has an answer: {where}; flexruimte check names "
            "what is missing"
        )
    if shared:
        where = _named(shared, lambda entry: f"{entry.sharing_a_score} of {entry.ranked}")
        lines.append(
            f"many ranked locations share one score: {where}; among them homes and then ids decide"
        )
    if unanswered:
        best = next(iter(unanswered[0].priorities))
        rules = dict.fromkeys(rule for entry in unanswered for rule in entry.never_answered)
        where = enumerate_some(map(called, unanswered), _MOST_NAMED)
        lines.append(
            f"nothing can be in '{best}' in {where}: it asks a yes of {enumerate_some(rules)}, "
            "and nothing is known of that"
        )
    return lines


def _named(entries: Sequence[MunicipalityRun], said: Callable[[MunicipalityRun], str]) -> str:
    return enumerate_some((f"{called(entry)} {said(entry)}" for entry in entries), _MOST_NAMED)


def table_of(report: BatchReport) -> Table:
    """Return a row per municipality that has parcels: what was found, and its state.

    By class of priority its locations and, in brackets, homes; then the parcels that are not
    ranked. Where the ruleset has no classes, parcels by status and homes.
    """
    classes = list(
        dict.fromkeys(name for entry in report.municipalities for name in entry.priorities)
    )
    headings = [*classes, *_NOT_RANKED] if classes else [*_STATUSES, "homes"]
    table = Table(caption="locations (homes); parcels that are not ranked" if classes else None)
    table.add_column("municipality", overflow="fold")
    for heading in headings:
        table.add_column(Text(printable(heading)), justify="right")
    table.add_column("")
    for entry in report.municipalities:
        if entry.state == "empty":
            continue
        if entry.state == "failed":
            state = Text("failed", style="red")
        else:
            state = Text("" if entry.code in report.computed else "unchanged")
        table.add_row(Text(called(entry)), *_cells(entry, classes), state)
    return table


def _cells(entry: MunicipalityRun, classes: Sequence[str]) -> list[str]:
    """Return what was found in a municipality, as `table_of` says."""
    if not classes:
        homes = str(entry.homes if entry.state == "done" else "")
        return [*(str(entry.counts.get(status, "")) for status in _STATUSES), homes]
    found = [entry.priorities.get(name) for name in classes]
    return [
        *("" if each is None else f"{each['locations']} ({each['homes']})" for each in found),
        *(str(entry.counts.get(status, "")) for status in _NOT_RANKED),
    ]
