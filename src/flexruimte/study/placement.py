"""Parameters of placement that a study changes: each within the bounds that the ruleset gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flexruimte.errors import StudyError, did_you_mean
from flexruimte.rules.consistency import problems_of_placement
from flexruimte.rules.parts import Parameter
from flexruimte.rules.ruleset import Ruleset

__all__ = ["with_placement"]


def with_placement(ruleset: Ruleset, overrides: Mapping[str, Any]) -> Ruleset:
    """Return the ruleset with placement parameters as the study wants them.

    Parameters
    ----------
    ruleset
        Holds every parameter with its default, bounds and choices.
    overrides
        The study's values, by the name of the parameter.

    Raises
    ------
    StudyError
        When there is no such parameter, or the value is of another kind, out of bounds or no
        choice, or two values contradict each other.

    Examples
    --------
    >>> from flexruimte.rules.files import load_ruleset
    >>> ruleset = with_placement(load_ruleset("flexwonen-nl"), {"required_years": 20})
    >>> ruleset.placement["required_years"].value
    20
    """
    placement = dict(ruleset.placement)
    for name, value in overrides.items():
        if name not in placement:
            raise StudyError(
                f"[placement] '{name}' is no parameter of '{ruleset.name}'; "
                f"{did_you_mean(name, placement)}"
            )
        default = placement[name]
        _check_parameter(name, default, value)
        source = f"chosen in the study; the ruleset has {default.value} ({default.source})"
        placement[name] = default.model_copy(update={"value": value, "source": source})
    changed = ruleset.model_copy(update={"placement": placement})
    for problem in problems_of_placement(changed):
        raise StudyError(problem)
    return changed


def _check_parameter(name: str, parameter: Parameter, value: Any) -> None:
    is_number = isinstance(parameter.value, int | float)
    gives_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_list, gives_list = isinstance(parameter.value, list), isinstance(value, list)
    if is_number != gives_number or is_list != gives_list:
        raise StudyError(
            f"[placement] {name} = {value!r} is of the wrong kind; "
            f"the default is {parameter.value!r}"
        )
    low, high = parameter.minimum, parameter.maximum
    if is_number and ((low is not None and value < low) or (high is not None and value > high)):
        unit = f" ({parameter.unit})" if parameter.unit else ""
        bounds = " and ".join(
            f"{word} {bound:g}"
            for word, bound in (("at least", low), ("at most", high))
            if bound is not None
        )
        raise StudyError(
            f"[placement] {name} = {value} is out of bounds; it must be {bounds}{unit}"
        )
    chosen = value if isinstance(value, list) else [value]
    for choice in chosen:
        if parameter.choices is not None and choice not in parameter.choices:
            raise StudyError(
                f"[placement] {name} = {choice!r} is no choice; "
                f"{did_you_mean(str(choice), parameter.choices)}"
            )
