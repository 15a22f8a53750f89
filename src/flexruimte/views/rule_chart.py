"""A chart of the hectares that each excluding rule takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from flexruimte.results.summary_model import Summary
from flexruimte.results.summary_rules import LandRuleFacts
from flexruimte.views.drawing import INK, STRONG, axes_for, plain
from flexruimte.vocabulary import AREA, COVERED_AREA, EDGE, PARCEL_ID, RULE, VERDICT
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import message
from flexruimte.wording.quantities import number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_rules", "rule_hectares"]

_MOST: Final = 20
_LEAST_HECTARES: Final = 0.05
"""Less is nothing in a number with one decimal. [ha]"""
_HECTARE_M2: Final = 10_000.0


def rule_hectares(parcels: pd.DataFrame, findings: pd.DataFrame, summary: Summary) -> pd.DataFrame:
    """Return the land that each excluding rule takes, whatever others take of it.

    Of a rule on land that is what it covers, but for the edges of its map; of a rule on a measure
    the whole of the parcels that it says no to. Rules take the same land: do not add them up.

    Parameters
    ----------
    parcels
        With `parcel_id` and `area_m2`. (n, ...)
    findings
        What rules found on them. (m, ...)
    summary
        Of the municipality.

    Returns
    -------
    pandas.DataFrame
        `rule`, `title` and `hectares` [ha], the most first; without rules that take nothing.
    """
    here = findings[findings[PARCEL_ID].isin(parcels[PARCEL_ID])]
    areas = here[PARCEL_ID].map(parcels.set_index(PARCEL_ID)[AREA])
    no = (here[VERDICT] == "no").to_numpy(dtype=bool, na_value=False)
    inside = ~here[EDGE].to_numpy(dtype=bool, na_value=False)
    covered = here[COVERED_AREA].to_numpy(dtype=np.float64, na_value=0.0) * inside
    whole = areas.to_numpy(dtype=np.float64, na_value=0.0) * no
    taken = pd.DataFrame({RULE: here[RULE].astype(object), "covered": covered, "whole": whole})
    sums = taken.groupby(RULE).sum().to_dict("index")
    rows = []
    for facts in summary.rules:
        if facts.excludes and facts.id in sums:
            kind = "covered" if isinstance(facts, LandRuleFacts) else "whole"
            title = in_language(facts.title, summary.study.language)
            rows.append((facts.id, title, sums[facts.id][kind] / _HECTARE_M2))
    table = pd.DataFrame(rows, columns=[RULE, "title", "hectares"])
    found = table[table["hectares"] > 0].sort_values("hectares", ascending=False, kind="stable")
    return found.reset_index(drop=True)


def draw_rules(hectares: pd.DataFrame, summary: Summary, ax: Axes | None = None) -> Axes:
    """Draw the hectares that the rules that take most take, as bars.

    Parameters
    ----------
    hectares
        As `rule_hectares` returns it; the first twenty are drawn.
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
    shown = hectares[hectares["hectares"] >= _LEAST_HECTARES].head(_MOST)
    ax = axes_for(ax, 9, 1.4 + 0.3 * max(len(shown), 1))
    places = range(len(shown))
    ax.barh(places, shown["hectares"], 0.7, color=STRONG)
    for place, amount in zip(places, shown["hectares"], strict=True):
        words = f"{number_text(amount, 1, language, aligned=True)} ha"
        ax.annotate(
            words, (amount, place), (4, 0), textcoords="offset points", va="center", fontsize=8,
            color=INK,
        )  # fmt: skip
    ax.set_yticks(places, [plain(title) for title in shown["title"]], fontsize=8, color=INK)
    ax.set_ylim(max(len(shown), 1) - 0.4, -0.6)
    ax.margins(x=0.12)
    ax.set_xlabel(message("rules-taken", language), fontsize=8, color=INK)
    title = message("rules-title", language, municipality=summary.municipality.name)
    ax.set_title(plain(title, 90), loc="left", fontweight="bold", fontsize=11, color=INK)
    ax.tick_params(left=False)
    ax.spines[["top", "right", "left"]].set_visible(False)
    return ax
