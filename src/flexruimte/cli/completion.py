"""What a shell offers behind Tab: municipalities, rulesets, rules, layers, datasets, locations.

Whatever cannot be read offers nothing: a shell that waits for words is no place for errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any, Final, TypeAlias

import typer

from flexruimte.cli.next_steps import first_locations
from flexruimte.errors import FlexruimteError
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.results.outputs import RUN
from flexruimte.results.store import store_of
from flexruimte.rules.files import built_in_names, load_ruleset
from flexruimte.study import Study
from flexruimte.wording.labels import in_language

__all__ = [
    "completed_datasets",
    "completed_layers",
    "completed_locations",
    "completed_municipalities",
    "completed_rules",
    "completed_rulesets",
]

Offer: TypeAlias = tuple[str, str]
"""A word, and what it stands for."""
_MOST: Final = 1000


def _offering(
    offers: Callable[[dict[str, Any]], Iterable[Offer]],
) -> Callable[[typer.Context, str], list[Offer]]:
    """Return what a shell asks: the offers that begin with what was typed, in any case.

    Parameters
    ----------
    offers
        All there are, given what stands on the command line before.
    """

    @wraps(offers)
    def completed(ctx: typer.Context, incomplete: str) -> list[Offer]:
        # An option without its value hides the arguments before it: they stand in what is left.
        given = {**ctx.params, "left": list(ctx.args)}
        typed, size = incomplete.casefold(), len(incomplete)
        try:
            known = [each for each in offers(given) if each[0].casefold().startswith(typed)]
        except Exception:
            return []
        # What was typed stays as it is: shells and typer look for words that begin with it.
        return [(incomplete + word[size:], said) for word, said in known[:_MOST]]

    completed.__annotations__ = {"ctx": typer.Context, "incomplete": str}
    del completed.__wrapped__  # typer looks at the parameters
    return completed


@_offering
def completed_municipalities(given: dict[str, Any]) -> Iterator[Offer]:
    """Yield codes and names: those of a run or a study, or all there are in the country."""
    where = given.get("study") or given.get("where") or next(iter(given["left"]), None)
    for code, name in _names(None if where is None else str(where)).items():
        yield code, name
        # A shell takes a name with a blank or an apostrophe for something else.
        if name.isalpha() and name != code:
            yield name, code


@_offering
def completed_rulesets(_given: dict[str, Any]) -> Iterator[Offer]:
    """Yield the rulesets that ship."""
    for name in built_in_names():
        yield name, in_language(load_ruleset(name).title, "en")


@_offering
def completed_rules(given: dict[str, Any]) -> Iterator[Offer]:
    """Yield the rules of the ruleset on the command line, its classes and its rows of law."""
    ruleset = load_ruleset(given.get("name") or built_in_names()[0])
    for parts in (ruleset.rules, ruleset.priorities, ruleset.regimes):
        for name, part in parts.items():
            yield name, in_language(part.title, "en")


@_offering
def completed_layers(given: dict[str, Any]) -> Iterator[Offer]:
    """Yield the layers of the ruleset on the command line."""
    for key, layer in load_ruleset(given.get("ruleset") or built_in_names()[0]).layers.items():
        yield key, in_language(layer.title, "en")


@_offering
def completed_datasets(_given: dict[str, Any]) -> Iterator[Offer]:
    """Yield the datasets of the catalogue that ships."""
    for key, dataset in read_catalogue().datasets.items():
        yield key, in_language(dataset.title, "en")


@_offering
def completed_locations(given: dict[str, Any]) -> Iterator[Offer]:
    """Yield the ids of ranked locations of the run on the command line, the best first."""
    for each in first_locations(given["out"], most=100_000):
        yield each, ""


def _names(where: str | None) -> dict[str, str]:
    """Return names of municipalities by code, of what a command is about."""
    if where is not None:
        with suppress(FlexruimteError):
            of_run = store_of(where).read_text(RUN)
            if of_run is not None:
                entries = json.loads(of_run)["municipalities"]
                return {code: entry["name"] for code, entry in entries.items()}
        # The folder of a new study is no study.
        with suppress(FlexruimteError):
            known = Study.load(where).question.municipalities
            return dict(zip(known.codes, known.names, strict=True))
    of_country = read_catalogue().municipalities
    return {code: each.name for code, each in of_country.items() if each.until is None}
