"""What a run prints at its end: what to beware of, and a table of its municipalities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from rich.text import Text

from flexruimte.assessment.pipeline import Question
from flexruimte.assessment.question import left_out_by
from flexruimte.batch import BatchReport, Event, MunicipalityRun
from flexruimte.cli.terminal import counted
from flexruimte.cli.titles import Titles
from flexruimte.errors import printable
from flexruimte.vocabulary import Status
from flexruimte.wording.labels import label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.plain_table import Cell, PlainTable
from flexruimte.wording.quantities import listed, number_text, quantity_text

__all__ = ["called", "doubts", "left_out_line", "some_of", "table_of"]

_NOT_RANKED: Final = (Status.UNKNOWN, Status.EXCLUDED)
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


def some_of(names: Iterable[str], language: Language, most: int = _MOST_NAMED) -> str:
    """Return the first of some names, and how many more there are."""
    every = list(names)
    if len(every) <= most:
        return listed(every, language)
    more = str(len(every) - most)
    return message("run-names-and-more", language, names=", ".join(every[:most]), more=more)


def left_out_line(question: Question) -> str:
    """Return what a study leaves out knowingly, all of it by name; empty where nothing is."""
    if not question.not_assessed:
        return ""
    titles = Titles.of(question)
    count = len(left_out_by(question.ruleset, question.not_assessed))
    names = listed(titles.layers_and_rules(sorted(question.not_assessed)), question.language)
    return counted("run-left-out", count, question.language, names=names)


def doubts(report: BatchReport, titles: Titles) -> list[str]:
    """Return what must be known before the ranking is read: a line for each kind of doubt.

    That little is known of what is ranked, that many share a score, and which classes of priority
    nothing can be in, for want of an answer.
    """
    language = titles.language
    done = [entry for entry in report.municipalities if entry.state == "done"]
    ranked = [entry for entry in done if entry.ranked]
    little = [entry for entry in ranked if (entry.ranked_known_share or 0.0) < _LITTLE_KNOWN]
    shared = [
        entry
        for entry in ranked
        if entry.ranked > _FEW and entry.sharing_a_score > _MANY_SHARE * entry.ranked
    ]
    lines = []
    if little:
        where = _named(little, _known, language)
        lines.append(message("run-little-known", language, where=where))
    if shared:
        where = _named(shared, _sharing, language)
        lines.append(message("run-shared-score", language, where=where))
    return [*lines, *_unreachable(done, titles)]


def _unreachable(done: Sequence[MunicipalityRun], titles: Titles) -> list[str]:
    """Return a line for each class of priority that nothing can be in, from the best."""
    classes = dict.fromkeys(name for entry in done for name in entry.unreachable)
    lines = []
    for name in classes:
        without = [entry for entry in done if name in entry.unreachable]
        rules = dict.fromkeys(rule for entry in without for rule in entry.unreachable[name])
        line = message(
            "run-unreachable",
            titles.language,
            **{"class": titles.priority(name)},
            where=some_of(map(called, without), titles.language),
            rules=listed([f"'{each}'" for each in titles.layers_and_rules(rules)], titles.language),
        )
        lines.append(line)
    return lines


def _known(entry: MunicipalityRun, language: Language) -> str:
    return quantity_text(round(entry.ranked_known_share or 0.0, 2), "share", language)


def _sharing(entry: MunicipalityRun, language: Language) -> str:
    number, ranked = str(entry.sharing_a_score), str(entry.ranked)
    return message("run-share-of", language, number=number, ranked=ranked)


def _named(
    entries: Sequence[MunicipalityRun],
    said: Callable[[MunicipalityRun, Language], str],
    language: Language,
) -> str:
    return some_of((f"{called(entry)} {said(entry, language)}" for entry in entries), language)


def table_of(report: BatchReport, titles: Titles) -> PlainTable:
    """Return a row per municipality that has parcels: what was found, and its state; and a total.

    By class of priority its locations and, in brackets, homes, with the usable hectares below; then
    the parcels that are not ranked. Where the ruleset has no classes, parcels by status and homes.
    The total is of those that are done, and is left out where one alone is.
    """
    language = titles.language
    classes = list(
        dict.fromkeys(name for entry in report.municipalities for name in entry.priorities)
    )
    statuses = _NOT_RANKED if classes else tuple(Status)
    headings = [
        message("run-municipality", language),
        *map(titles.priority, classes),
        *(label("status", status, language) for status in statuses),
        *([] if classes else [message("run-homes", language)]),
        message("run-state", language),
    ]
    rows = [
        [called(entry), *_cells(entry, classes, language), _state(report, entry, language)]
        for entry in report.municipalities
        if entry.state != "empty"
    ]
    caption = message("run-caption", language) if classes else ""
    done = [entry for entry in report.municipalities if entry.state == "done"]
    if len(done) > 1:
        rows.append([message("together", language), *_cells(_sum(done), classes, language), ""])
    return PlainTable(headings, rows, caption=caption, total=len(done) > 1)


def _sum(entries: Sequence[MunicipalityRun]) -> MunicipalityRun:
    """Return what was found in some municipalities together."""
    total = MunicipalityRun("", "", "", "done", "", "")
    total.homes = sum(entry.homes for entry in entries)
    total.without_score = sum(entry.without_score for entry in entries)
    for entry in entries:
        for status, count in entry.counts.items():
            total.counts[status] = total.counts.get(status, 0) + count
        for name, found in entry.priorities.items():
            before = total.priorities.get(name)
            # What one of them does not say is not known of all.
            total.priorities[name] = (
                dict(found)
                if before is None
                else {each: before[each] + found[each] for each in found if each in before}
            )
    return total


def _state(report: BatchReport, entry: MunicipalityRun, language: Language) -> Cell:
    if entry.state == "failed":
        return Text(message("run-failed", language), style="red")
    return "" if entry.code in report.computed else message("run-unchanged", language)


def _cells(entry: MunicipalityRun, classes: Sequence[str], language: Language) -> list[str]:
    """Return what was found in a municipality, as `table_of` says."""

    def number(value: float | None) -> str:
        return "" if value is None else number_text(value, 0, language)

    if not classes:
        homes = number(entry.homes) if entry.state == "done" else ""
        return [*(number(entry.counts.get(status)) for status in Status), homes]

    def of_class(found: Mapping[str, float] | None) -> str:
        if found is None:
            return ""
        text = f"{number(found['locations'])} ({number(found['homes'])})"
        hectares = found.get("hectares")  # an earlier version did not say
        return text if hectares is None else f"{text}\n{number_text(hectares, 1, language)} ha"

    counts = dict(entry.counts)
    if entry.without_score:
        # For want of a score they have no rank: evidence is missing there too.
        counts[Status.UNKNOWN] = counts.get(Status.UNKNOWN, 0) + entry.without_score
    return [
        *(of_class(entry.priorities.get(name)) for name in classes),
        *(number(counts.get(status)) for status in _NOT_RANKED),
    ]
