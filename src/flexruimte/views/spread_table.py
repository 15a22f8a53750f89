"""What separates the locations of a run: the spread of each theme and criterion, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from flexruimte.results.summary_model import Summary
from flexruimte.vocabulary import CRITERION_PREFIX, THEMES
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text, quantity_text

__all__ = ["spread_rows"]


def spread_rows(
    summaries: Sequence[Summary], language: Language
) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of a table: the score, then each theme with its criteria.

    As locations are ranked per municipality, the spread is that within each of them: of all
    municipalities the least, the middle and the most.

    Parameters
    ----------
    summaries
        Of the municipalities of a run that are done.
    language
        nl or en.

    Returns
    -------
    tuple
        The head, and a row for each of which the spread is known somewhere: what it is, its title,
        what it weighs in its theme, or the theme in the score, and the three spreads in points.
    """
    head = [message(name, language) for name in _HEAD]
    rows = []
    for column, title, weight in _parts(summaries[0], language):
        points = [each.spread[column].points for each in summaries if column in each.spread]
        if points:
            told = (min(points), float(np.median(points)), max(points))
            share = "-" if weight is None else quantity_text(weight, "share", language)
            numbers = [number_text(each, 1, language) for each in told]
            rows.append([column.removeprefix(CRITERION_PREFIX), title, share, *numbers])
    return head, rows


_HEAD = (
    "spread-what",
    "spread-title",
    "spread-weight",
    "spread-least",
    "spread-middle",
    "spread-most",
)


def _parts(summary: Summary, language: Language) -> Iterator[tuple[str, str, float | None]]:
    """Yield the column, the title and the part of the weight of the score, and of its parts."""
    yield "score", message("spread-score", language), None
    of_score = _shares(summary.score.weights)
    for theme in THEMES:
        facts = summary.themes.get(theme)
        title = (
            message("spread-suitability", language)
            if facts is None
            else in_language(facts.title, language)
        )
        yield theme, title, of_score.get(theme)
        weights = {
            each.id: each.weights[f"themes.{theme}"]
            for each in summary.criteria
            if f"themes.{theme}" in each.weights
        }
        if theme == "suitability":
            weights = _of_groups(summary)
        for criterion in summary.criteria:
            if criterion.id in weights:
                weight = _shares(weights)[criterion.id]
                name = in_language(criterion.title, language)
                yield f"{CRITERION_PREFIX}{criterion.id}", name, weight


def _of_groups(summary: Summary) -> dict[str, float]:
    """Return what criteria weigh in the target groups that count, on average."""
    total: dict[str, float] = {}
    for group in summary.study.target_groups:
        name = f"groups.{group}"
        shares = _shares({e.id: e.weights[name] for e in summary.criteria if name in e.weights})
        for criterion, share in shares.items():
            total[criterion] = total.get(criterion, 0.0) + share
    return total


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights as parts of their sum."""
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
