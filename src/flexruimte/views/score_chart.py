"""Charts of the score of a location, and of two beside each other."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flexruimte.results.rule_text import known_value
from flexruimte.results.summary_model import Summary
from flexruimte.views.drawing import INK, PALE, STRONG, UNKNOWN, axes_for, plain
from flexruimte.vocabulary import BEST_GROUP, CRITERION_PREFIX, PARCEL_ID, THEMES
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ScoreRow", "draw_comparison", "draw_score", "score_rows"]

_SUITABILITY: Final = "suitability"
_LINE: Final = 56
"""Characters of a title that there is room for over the axes."""
_SMALL_LINE: Final = 84
"""... and of a note below them."""
_PAIR: Final = (("#0a4f8f", "o"), ("#e69a1c", "D"))
"""Colour and mark of each of two locations."""


class ScoreRow(NamedTuple):
    """A theme, or a criterion under it."""

    title: str
    column: str
    """Of the parcels' table."""
    share: float | None
    """Of the weight: of a theme in the score, of a criterion in its theme; None for a theme that
    is not in the score. 0 to 1"""
    is_theme: bool
    left_out: bool
    """Whether the study leaves it out knowingly."""


def score_rows(best_group: str | None, summary: Summary) -> list[ScoreRow]:
    """Return the themes in the order of their weight, each with what it is made of.

    That is criteria; of a suitability that is the mean of groups, these groups.

    Parameters
    ----------
    best_group
        The target group whose criteria stand under the suitability; None has none there.
    summary
        Of the municipality.
    """
    language, rows = summary.study.language, []
    weights = summary.score.weights
    total = sum(weights.values()) or 1.0
    themes = [name for name in THEMES if name == _SUITABILITY or name in summary.themes]
    for theme in sorted(themes, key=lambda name: -weights.get(name, 0.0)):
        share = weights[theme] / total if theme in weights else None
        rows.append(ScoreRow(_theme_title(theme, summary), theme, share, True, False))
        if theme == _SUITABILITY and _is_mean(summary):
            groups = _group_rows(summary)
            rows += [each._replace(share=1 / len(groups)) for each in groups]
            continue
        key = f"groups.{best_group}" if theme == _SUITABILITY else f"themes.{theme}"
        below = [each for each in summary.criteria if each.weights.get(key)]
        whole = sum(each.weights[key] for each in below) or 1.0
        for each in sorted(below, key=lambda one: -one.weights[key]):
            title, column = in_language(each.title, language), f"{CRITERION_PREFIX}{each.id}"
            left_out = each.left_out is not None
            rows.append(ScoreRow(title, column, each.weights[key] / whole, False, left_out))
    return rows


def _is_mean(summary: Summary) -> bool:
    return summary.study.suitability_of == "mean"


def _group_rows(summary: Summary) -> list[ScoreRow]:
    """Return a row for each target group that counts."""
    language = summary.study.language
    titles = {
        name: in_language(part.title, language)
        for name, part in summary.groups.items()
        if name in summary.study.target_groups
    }
    return [
        ScoreRow(message("funnel-suitable", language, group=title), f"suitability_{name}",
                 None, False, False)
        for name, title in titles.items()
    ]  # fmt: skip


def _theme_title(name: str, summary: Summary) -> str:
    theme = summary.themes.get(name)
    language = summary.study.language
    return label("column", name, language) if theme is None else in_language(theme.title, language)


def draw_score(row: Mapping[str, Any], summary: Summary, ax: Axes | None = None) -> Axes:
    """Draw what the score of a location is made of: its themes, and the criteria under each.

    What is not known is hatched over the whole width: it could be anything.

    Parameters
    ----------
    row
        The location's row of the parcels' table, by column.
    summary
        Of the municipality.
    ax
        Where to draw; None makes a new figure.

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    language = summary.study.language
    group = known_value(row, BEST_GROUP)
    rows = score_rows(group, summary)
    ax = axes_for(ax, 9, 1.2 + 0.24 * len(rows))
    for place, each in enumerate(rows):
        score = known_value(row, each.column)
        height, colour = (0.8, STRONG) if each.is_theme else (0.5, PALE)
        if score is None:
            ax.barh(place, 100, height, **{**UNKNOWN, "alpha": 0.5, "linewidth": 0.4})
            said = "funnel-left-out" if each.left_out else "unknown"
            words = message(said, language)
        else:
            ax.barh(place, score, height, color=colour)
            words = number_text(score, 0, language)
        ax.annotate(
            words, (100 if score is None else score, place), (4, 0), textcoords="offset points",
            va="center", fontsize=9 if each.is_theme else 8, color=INK,
        )  # fmt: skip
    _name_rows(rows, language, ax)
    _title(_heading(row, summary), ax)
    ax.set_xlabel(
        textwrap.fill(message("score-weights", language), _SMALL_LINE), fontsize=8, color=INK
    )
    _clean(ax)
    return ax


def _heading(row: Mapping[str, Any], summary: Summary) -> str:
    """Return which location it is, its score, and the target group that its suitability is of."""
    language = summary.study.language
    score, group = known_value(row, "score"), known_value(row, BEST_GROUP)
    said = (
        message("unknown", language)
        if score is None
        else number_text(score, 1, language, aligned=True)
    )
    lines = [f"{row[PARCEL_ID]} · {label('column', 'score', language).lower()} {said}"]
    if group in summary.groups and not _is_mean(summary):
        title = in_language(summary.groups[group].title, language)
        lines.append(f"{label('column', BEST_GROUP, language)}: {title}")
    return "\n".join(textwrap.fill(plain(line, 120), _LINE) for line in lines)


def draw_comparison(
    first: Mapping[str, Any], second: Mapping[str, Any], summary: Summary, ax: Axes | None = None
) -> Axes:
    """Draw the scores of two locations beside each other: in all, by theme and by target group.

    Parameters
    ----------
    first, second
        Their rows of the parcels' table, by column.
    summary
        Of the municipality.
    ax
        Where to draw; None makes a new figure.

    Raises
    ------
    OutputError
        When matplotlib is not installed.
    """
    language = summary.study.language
    themes = [each for each in score_rows(None, summary) if each.is_theme]
    whole = ScoreRow(label("column", "score", language), "score", None, True, False)
    rows = [whole, *themes, *_group_rows(summary)]
    ax = axes_for(ax, 9, 1.6 + 0.3 * len(rows))
    known: list[list[float]] = []
    for place, each in enumerate(rows):
        values = [known_value(one, each.column) for one in (first, second)]
        known.append([value for value in values if value is not None])
        ax.plot(known[-1], [place] * len(known[-1]), color="#c4c4c4", linewidth=3, zorder=1)
        if len(known[-1]) < 2:
            said = message("unknown", language)
            names = [
                str(one[PARCEL_ID])
                for one, value in zip((first, second), values, strict=True)
                if value is None
            ]
            text = plain(f"{', '.join(names)}: {said}")
            ax.annotate(
                text, (101, place), va="center", fontsize=8, color=INK, annotation_clip=False
            )
    for one, (colour, mark) in zip((first, second), _PAIR, strict=True):
        scores = [known_value(one, each.column) for each in rows]
        at = [place for place, score in enumerate(scores) if score is not None]
        ax.plot(
            [scores[place] for place in at], at, mark, color=colour, markersize=8, zorder=2,
            label=plain(str(one[PARCEL_ID])), markeredgecolor="white",
        )  # fmt: skip
    _name_rows(rows, language, ax)
    _title(plain(summary.municipality.name), ax)
    ax.set_xlim(-2, 102)
    ax.legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, borderaxespad=0.2
    )
    _clean(ax)
    return ax


def _name_rows(rows: list[ScoreRow], language: Language, ax: Axes) -> None:
    names = [
        plain(each.title)
        if each.share is None
        else f"{plain(each.title)} ({number_text(each.share * 100, 0, language)}%)"
        for each in rows
    ]
    ax.set_yticks(range(len(rows)), names, color=INK)
    for name, each in zip(ax.get_yticklabels(), rows, strict=True):
        name.set_fontweight("bold" if each.is_theme else "normal")
        name.set_fontsize(9 if each.is_theme else 8)
    ax.set_ylim(len(rows) - 0.4, -0.6)


def _title(text: str, ax: Axes) -> None:
    ax.set_title(text, loc="left", fontweight="bold", fontsize=11, color=INK)


def _clean(ax: Axes) -> None:
    ax.set_xlim(left=min(0, ax.get_xlim()[0]), right=max(112 if ax.containers else 102, 0))
    ax.set_xticks(range(0, 101, 20))
    ax.grid(axis="x", color="#e4e4e4", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(left=False)
    ax.spines[["top", "right", "left"]].set_visible(False)
