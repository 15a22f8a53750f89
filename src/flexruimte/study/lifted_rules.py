"""Rules that a row of law lifts for who chooses it: no more than a note then."""

from __future__ import annotations

import datetime as dt

from flexruimte.errors import StudyError
from flexruimte.rules.regulations import Regime
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import Level

__all__ = ["with_lifted_rules"]


def with_lifted_rules(ruleset: Ruleset, as_of: dt.date) -> Ruleset:
    """Return the ruleset with the rules as notes that the chosen rows of law lift.

    Parameters
    ----------
    ruleset
        With the placement of the study, which chooses the rows.
    as_of
        The study's date.

    Raises
    ------
    StudyError
        When a row is chosen that does not hold on that date, or that allows a shorter stay than
        the study asks for.

    Examples
    --------
    >>> from flexruimte.rules.files import load_ruleset
    >>> from flexruimte.study.placement import with_placement
    >>> asked = {"ten_year_exemption": "yes", "required_years": 10}
    >>> ruleset = with_placement(load_ruleset("flexwonen-nl"), asked)
    >>> lifted = with_lifted_rules(ruleset, dt.date(2026, 1, 1))
    >>> ruleset.rules["noise_road_limit"].level.value, lifted.rules["noise_road_limit"].level.value
    ('hard', 'soft')
    """
    rules = dict(ruleset.rules)
    for name, regime in ruleset.regimes.items():
        if not regime.lifts or not _is_chosen(ruleset, regime):
            continue
        _refuse_what_contradicts(ruleset, name, regime, as_of)
        for rule_id in regime.lifts:
            as_note = {"level": Level.SOFT, "level_reason": regime.title}
            rules[rule_id] = rules[rule_id].model_copy(update=as_note)
    return ruleset.model_copy(update={"rules": rules})


def _is_chosen(ruleset: Ruleset, regime: Regime) -> bool:
    return all(ruleset.value(name) == value for name, value in regime.only_for.items())


def _refuse_what_contradicts(ruleset: Ruleset, name: str, regime: Regime, as_of: dt.date) -> None:
    choice = ", ".join(f"{key} = {value!r}" for key, value in regime.only_for.items())
    if not regime.holds_on(as_of):
        raise StudyError(
            f"[placement] {choice}: row '{name}' of the law does not hold on {as_of}; "
            "take it out, or ask as of another date"
        )
    years = ruleset.value("required_years") if "required_years" in ruleset.placement else 0
    if regime.longest_years is not None and years > regime.longest_years:
        raise StudyError(
            f"[placement] {choice} is for at most {regime.longest_years:g} years, and "
            f"required_years asks for {years:g}; ask for no more, or take it out"
        )
