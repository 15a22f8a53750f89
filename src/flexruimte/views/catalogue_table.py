"""The catalogue for the terminal: all datasets in a table, or one of them in full."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from flexruimte.assessment.question import left_out_by
from flexruimte.evidence.catalogue.model import Catalogue, Dataset, Service
from flexruimte.rules.ruleset import Ruleset
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import date_text

__all__ = ["catalogue_rows", "dataset_lines", "not_known_without"]

_HEAD = ("catalogue-dataset", "catalogue-what", "catalogue-how", "catalogue-terms")
_MOST_OF_ASK = 80
"""What a table shows of whom to ask; the rest stands in the dataset in full. [character]"""
_SERVES = {
    "parcels": "catalogue-serves-parcels",
    "municipalities": "catalogue-serves-municipalities",
}
_TRUST = {
    "high": "catalogue-trust-high",
    "medium": "catalogue-trust-medium",
    "low": "catalogue-trust-low",
}


def not_known_without(ruleset: Ruleset, layer: str, language: Language) -> list[str]:
    """Return the titles of the rules and criteria that need a layer, in the ruleset's order."""
    left_out = left_out_by(ruleset, frozenset([layer]))
    titled = {**ruleset.criteria, **ruleset.rules}
    titles = [in_language(titled[name].title, language) for name in left_out]
    return list(dict.fromkeys(titles))


def catalogue_rows(
    catalogue: Catalogue, ruleset: Ruleset, language: Language
) -> tuple[list[str], list[list[str]]]:
    """Return the head and a row per dataset.

    The columns are key, title, how it is had (the protocols, or whom to ask), and licence with
    update cycle. Parcels and municipalities come first, then the layers as the ruleset has them.
    """
    head = [message(name, language) for name in _HEAD]
    order = {key: number for number, key in enumerate(ruleset.layers)}
    keys = sorted(
        catalogue.datasets,
        key=lambda key: (
            catalogue.datasets[key].serves == "layer",
            order.get(key, len(order)),
        ),
    )
    return head, [_row(key, catalogue.datasets[key], language) for key in keys]


def _row(key: str, dataset: Dataset, language: Language) -> list[str]:
    title = in_language(dataset.title, language)
    tried = [service for service in dataset.services if service.may_be_fetched]
    protocols = ", ".join(dict.fromkeys(service.protocol for service in tried))
    if not dataset.fetched:
        ask = textwrap.shorten(in_language(dataset.ask, language), _MOST_OF_ASK, placeholder=" ...")
        trust = message("catalogue-trust-low", language)
        how = [f"{protocols} ({trust})"] if protocols else []
        how += [ask] if ask else []
        return [key, title, "; ".join(how), ""]
    first = next(service for service in tried if service.confidence != "low")
    return [key, title, protocols, ", ".join(filter(None, (first.licence, first.cycle)))]


def dataset_lines(
    catalogue: Catalogue, ruleset: Ruleset, key: str, language: Language
) -> Iterator[str]:
    """Yield what the catalogue says of one dataset, a line at a time."""
    dataset = catalogue.datasets[key]
    yield f"{key}: {in_language(dataset.title, language)}"
    if dataset.serves != "layer":
        yield message(_SERVES[dataset.serves], language)
    for number, service in enumerate(dataset.services, start=1):
        yield from _service_lines(number, service, language)
    if dataset.ask is not None:
        ask = in_language(dataset.ask, language)
        yield message("catalogue-or-ask", language, ask=ask) if dataset.services else ask
    if dataset.template:
        yield message("catalogue-template", language, columns=", ".join(dataset.template))
    silence = in_language(dataset.silence, language)
    yield message("catalogue-silence", language, silence=silence)
    if key in ruleset.layers:
        rules = not_known_without(ruleset, key, language)
        yield (
            message("catalogue-without", language, rules="; ".join(rules))
            if rules
            else message("catalogue-without-nothing", language)
        )


def _service_lines(number: int, service: Service, language: Language) -> Iterator[str]:
    yield message(
        "catalogue-service",
        language,
        number=str(number),
        protocol=service.protocol,
        trust=message(_TRUST[service.confidence], language),
        address=service.address,
    )
    layers = [name for name in (service.layer, *service.also_layers) if name is not None]
    if layers:
        yield "   " + message("catalogue-layer", language, layers=", ".join(layers))
    if service.file is not None:
        yield "   " + message("catalogue-file", language, file=service.file)
    if service.fields:
        pairs = [
            name
            if name == column
            else message("catalogue-field", language, name=name, column=column)
            for name, column in service.fields.items()
        ]
        yield "   " + message("catalogue-fields", language, fields=", ".join(pairs))
    yield "   " + message(
        "catalogue-terms-of",
        language,
        licence=service.licence,
        cycle=service.cycle or message("catalogue-no-cycle", language),
        attribution=service.attribution or "-",
    )
    if not service.may_be_fetched:
        yield "   " + message("catalogue-not-copied", language)
    yield "   " + message(
        "catalogue-confirmed",
        language,
        date=date_text(service.confirmed_on, language),
        how=service.confirmed,
    )
