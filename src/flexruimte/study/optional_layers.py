"""Layers that a study may do without: where it does, their rules do not count."""

from __future__ import annotations

from collections.abc import Collection

from flexruimte.rules.ruleset import Ruleset

__all__ = ["without_absent_layers"]


def without_absent_layers(ruleset: Ruleset, known: Collection[str]) -> Ruleset:
    """Return the ruleset with the rules switched off that need an optional layer that is not there.

    So nothing is unknown for want of it. `check` and every summary name these layers.

    Parameters
    ----------
    ruleset
        Says which layers are optional.
    known
        The layers that the study has, or leaves out knowingly: rules on the latter are left out by
        name, as those on any other layer.

    Examples
    --------
    >>> from flexruimte.rules.files import load_ruleset
    >>> ruleset = without_absent_layers(load_ruleset("flexwonen-nl"), ["natura2000"])
    >>> ruleset.rules["local_hard"].enabled, ruleset.rules["natura2000"].enabled
    (False, True)
    """
    absent = {key for key, spec in ruleset.layers.items() if spec.optional and key not in known}
    rules = {
        rule_id: rule.model_copy(update={"enabled": False})
        if absent & set(ruleset.layers_of_rule(rule))
        else rule
        for rule_id, rule in ruleset.rules.items()
    }
    return ruleset.model_copy(update={"rules": rules})
