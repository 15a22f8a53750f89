"""The ruleset: which layers, measures, rules, curves and weights there are.

Rules are data; `flexruimte.rules` says what they may say.

A ruleset is a TOML document (see `flexruimte.rules.files` for reading it). The models of its tables
are its schema: unknown keys are refused, and what one part says about another (a rule on a measure,
a measure on a layer) is checked when the ruleset is made.
"""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from flexruimte.errors import RulesetError
from flexruimte.rules.consistency import problems
from flexruimte.rules.tables import RulesetTables

__all__ = ["Ruleset"]


class Ruleset(RulesetTables):
    """Everything that decides about a parcel, as data: each table of the file is an attribute.

    `load_ruleset` reads one; `Study.changed` makes a study with another.

    Examples
    --------
    >>> import flexruimte as fr
    >>> ruleset = fr.load_ruleset("flexwonen-nl")
    >>> ruleset.value("required_years"), str(ruleset.rules["flood_depth"].level)
    (15, 'medium')
    """

    @model_validator(mode="after")
    def _everything_named_exists(self) -> Self:
        for problem in problems(self):
            raise RulesetError(f"ruleset '{self.name}': {problem}")
        return self
