"""Checks of the rows of law: what they name exists, and what they lift is chosen."""

from __future__ import annotations

from collections.abc import Iterator

from flexruimte.errors import did_you_mean
from flexruimte.rules.tables import RulesetTables
from flexruimte.vocabulary import AREA

__all__ = ["problems_of_regimes"]


def problems_of_regimes(ruleset: RulesetTables) -> Iterator[str]:
    """Yield what is wrong with the legal regimes, each as one line with its table and a remedy."""
    for name, regime in ruleset.regimes.items():
        where = f"regimes.{name}"
        for parameter in regime.only_for:
            if parameter not in ruleset.placement:
                yield (
                    f"[{where}] only_for: placement parameter '{parameter}' does not exist; "
                    f"{did_you_mean(parameter, ruleset.placement)}"
                )
        for test in regime.when:
            of = getattr(ruleset.measures.get(test.measure), "of", "buildable")
            if test.measure != AREA and of != "parcel":
                yield (
                    f"[{where}] when can only ask for measures of the whole parcel, "
                    f"and '{test.measure}' is not one"
                )
        for rule_id in regime.lifts:
            if rule_id not in ruleset.rules:
                yield (
                    f"[{where}] lifts: rule '{rule_id}' does not exist; "
                    f"{did_you_mean(rule_id, ruleset.rules)}"
                )
        if regime.lifts:
            yield from _problems_of_choice(ruleset, where, regime.only_for)


def _problems_of_choice(
    ruleset: RulesetTables, where: str, only_for: dict[str, str]
) -> Iterator[str]:
    """Yield what makes a row that lifts rules no choice of the study as a whole."""
    if not only_for:
        yield (
            f"[{where}] lifts rules without being chosen; say for which placement parameter it "
            "counts, with only_for"
        )
    for code, local in ruleset.municipalities.items():
        for parameter in only_for:
            if parameter in local.get("placement", {}):
                yield (
                    f"[municipalities.{code}.placement] '{parameter}' lifts rules, and is chosen "
                    "for a study as a whole; put it under [placement] of the study"
                )
