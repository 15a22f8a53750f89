"""What a browser needs to score and rank locations as `assessment/score` and `priority` do.

Criteria are handed over with all their digits: from rounded ones another score may follow. What
cannot be followed in a browser is marked, and the page asks `flexruimte whatif` for it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.pipeline import Assessment
from flexruimte.assessment.score import SHARE_DECIMALS, criterion_scores
from flexruimte.assessment.site_rules import rules_anew, rules_by_homes
from flexruimte.assessment.sites import joinable
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    CRITERION_PREFIX,
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    LARGEST_PART_AREA,
    LEFT_FREE,
    MEDIUM_POINTS,
    PARCEL_ID,
    WIDTH,
    YES,
    Booleans,
    Level,
)

__all__ = [
    "beside_each_other",
    "exact_criteria",
    "id_order",
    "neighbours_by_suitability",
    "rules_that_can_be_switched",
    "scoring_model",
]

_SIZE: Final = frozenset(
    (AREA, BUILDABLE_AREA, LARGEST_PART_AREA, WIDTH, HOMES, HOMES_LOW, HOMES_MID, HOMES_HIGH)
)


def scoring_model(assessment: Assessment) -> dict[str, Any]:
    """Return the weights, the chains and the classes by which locations are scored and ranked.

    Tables are lists of pairs, as the order in which weights are added counts to the last bit.

    Parameters
    ----------
    assessment
        Of the municipality.
    """
    ruleset, question = assessment.ruleset, assessment.question
    rules = ruleset.enabled_rules
    medium = [name for name, rule in rules.items() if rule.level == Level.MEDIUM]
    return {
        "criteria": list(ruleset.criteria),
        "groups": [
            {"id": name, "weights": list(ruleset.groups[name].weights.items())}
            for name in question.groups
        ],
        "best_group": not question.groups_named,
        "themes": [
            {"id": name, "weights": list(theme.weights.items()), "lowest": theme.lowest}
            for name, theme in ruleset.themes.items()
        ],
        "score": list(ruleset.score.weights.items()),
        "least_known_share": round(ruleset.score.least_known_share, SHARE_DECIMALS),
        "priorities": [
            {
                "id": name,
                "passes": [rule_id for rule_id in rules if rule_id in priority.passes],
                "refuses": ruleset.refusals(priority),
                "refuses_whatever_is_decided": priority.refuses,
                "suitable_from": None
                if priority.suitable_from is None
                else ruleset.number(priority.suitable_from),
                "most": priority.most,
            }
            for name, priority in ruleset.priorities.items()
        ],
        "medium": medium,
        "medium_scores": _scores_of_points(ruleset, assessment, len(rules)),
    }


def _scores_of_points(
    ruleset: Ruleset, assessment: Assessment, most: int
) -> dict[str, list[float | None]]:
    """Return what each number of rules of level medium that say no scores, by criterion."""
    wanted = {
        name: criterion
        for name, criterion in ruleset.criteria.items()
        if criterion.measure == MEDIUM_POINTS and name not in assessment.left_out
    }
    alone = ruleset.model_copy(update={"criteria": wanted})
    counts = pd.DataFrame({MEDIUM_POINTS: np.arange(most + 1, dtype=np.float64)})
    scores = criterion_scores(alone, frozenset(), counts, {}).scores
    return {str(name): _numbers(pd.Series(score)) for name, score in scores.items()}


def exact_criteria(assessment: Assessment, ids: pd.Series[Any]) -> dict[str, list[float | None]]:
    """Return the scores of criteria of some locations, unrounded; null where not known.

    Parameters
    ----------
    assessment
        Of the municipality.
    ids
        Of parcels and sites. (n,)
    """
    columns = [f"{CRITERION_PREFIX}{name}" for name in assessment.ruleset.criteria]
    tables = [assessment.parcels, *([] if assessment.sites is None else [assessment.sites.table])]
    every = pd.concat(
        [
            pd.DataFrame(table).reindex(columns=[PARCEL_ID, *columns])
            for table in tables
            if len(table)
        ]
    )
    rows = every.set_index(every[PARCEL_ID].astype(str))[columns].reindex(ids.astype(str))
    return {name.removeprefix(CRITERION_PREFIX): _numbers(rows[name]) for name in columns}


def beside_each_other(assessment: Assessment, ids: pd.Series[Any]) -> dict[str, list[list[int]]]:
    """Return which locations lie too near to each other for a class that takes one of them.

    Parameters
    ----------
    assessment
        Of the municipality.
    ids
        Of the locations. (k,)

    Returns
    -------
    dict of list
        By class: positions of the ones and of the others, each pair once.
    """
    sites = [] if assessment.sites is None else [assessment.sites.table]
    shapes = pd.concat(
        [pd.Series(np.asarray(t.geometry), t[PARCEL_ID]) for t in (assessment.parcels, *sites)]
    )
    here = shapes.reindex(ids).to_numpy()
    tree, found = shapely.STRtree(here), {}
    for name, priority in assessment.ruleset.priorities.items():
        if priority.apart_m is not None:
            pairs = tree.query(here, predicate="dwithin", distance=priority.apart_m)
            found[name] = pairs[:, pairs[0] < pairs[1]].tolist()
    return found


def neighbours_by_suitability(assessment: Assessment) -> dict[str, Any] | None:
    """Return the parcels whose own suitability bears on what becomes one site; None without any.

    As `Sites.suitability_counts` says. As long as these suit the same classes, sites are the same.

    Returns
    -------
    dict
        Their `count`, and `exact`: the scores of what counts for a group, by criterion; None where
        points of attention count for one, which a rule that is switched off changes.
    """
    ruleset, groups = assessment.ruleset, assessment.question.groups
    if assessment.sites is None or not groups or not assessment.sites.suitability_counts.any():
        return None
    rows = assessment.sites.suitability_counts
    weighed = dict.fromkeys(name for group in groups for name in ruleset.groups[group].weights)
    if any(ruleset.criteria[name].measure == MEDIUM_POINTS for name in weighed):
        return {"count": int(rows.sum()), "exact": None}
    here = assessment.parcels.loc[rows]
    exact = {name: _numbers(here[f"{CRITERION_PREFIX}{name}"]) for name in weighed}
    return {"count": int(rows.sum()), "exact": exact}


def _numbers(values: pd.Series[Any]) -> list[float | None]:
    """Return numbers, those that are whole without decimals, and None for what is not known."""
    plain = values.to_numpy(dtype=np.float64)
    return [
        None if number != number else int(number) if number.is_integer() else number
        for number in plain.tolist()
    ]


def id_order(ids: pd.Series[Any]) -> list[int]:
    """Return the place of each id among all, by which equal locations are ranked. (n,)"""
    order = ids.reset_index(drop=True).astype(object).sort_values(kind="stable").index.to_numpy()
    places = np.empty(len(order), dtype=np.intp)
    places[order] = np.arange(len(order))
    return places.tolist()


def rules_that_can_be_switched(assessment: Assessment) -> list[str]:
    """Return the rules without which the same parcels make the same locations.

    Not those that exclude, as land would come free. Nor those by which neighbours may become one
    site, or not: a rule that says more than "yes" on a parcel that may become part of a site, or
    that is judged anew on one, where it can change a class of priority. A rule that takes no land
    and covers some of two parts may count on the whole where it counts on neither. Nor those that
    bear on which land is left free.
    """
    ruleset = assessment.ruleset
    others = [
        name
        for name in ruleset.enabled_rules
        if name in assessment.verdicts and not ruleset.excludes(ruleset.rules[name])
    ]
    asked = {
        name
        for priority in ruleset.priorities.values()
        for name in (*priority.passes, *ruleset.refusals(priority))
    }
    neighbours = _neighbours(assessment)
    anew = rules_anew(ruleset) | rules_by_homes(ruleset)
    return [
        name
        for name in others
        if name not in asked
        or (
            name not in assessment.bears_on_land
            and (
                not neighbours.any()
                or (
                    name not in anew
                    and (assessment.verdicts[name].to_numpy()[neighbours] == YES).all()
                    and not _covered(assessment, name)[neighbours].any()
                )
            )
        )
    ]


def _covered(assessment: Assessment, rule_id: str) -> Booleans:
    """Return of which parcels a rule on land covers some of the buildable part. (n,) bool"""
    if rule_id not in assessment.land:
        return np.zeros(len(assessment.verdicts), dtype=bool)
    finding = assessment.land[rule_id]
    return np.asarray(((finding.buildable_m2 > 0) & ~finding.edge) | finding.doubtful)


def _neighbours(assessment: Assessment) -> Booleans:
    """Return which parcels may become part of a site: what only their size excludes counts. (n,)"""
    ruleset, verdicts = assessment.ruleset, assessment.verdicts
    standing = np.ones(len(verdicts), dtype=bool)
    for name in verdicts:
        rule = ruleset.rules[str(name)]
        if ruleset.excludes(rule) and getattr(rule, "measure", None) not in _SIZE:
            standing &= verdicts[name].to_numpy() == YES
    decided = assessment.parcels["decision"].to_numpy(dtype=object) == "in"
    # What is left free may be used after all.
    free = assessment.parcels[LEFT_FREE].to_numpy() > 0
    land = np.where(free, np.asarray(assessment.parcels.geometry), assessment.buildable)
    pairs = joinable(
        ruleset,
        assessment.parcels,
        land,
        np.flatnonzero(standing | decided),
        shapely.area(assessment.buildable),
    )
    found = np.zeros(len(verdicts), dtype=bool)
    found[pairs.ravel()] = True
    return found
