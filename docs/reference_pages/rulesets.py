"""What a ruleset and the catalogue hold, as pages: parameters, measures, layers, scores, data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flexruimte.evidence.catalogue.model import Catalogue
from flexruimte.results.rule_text import conditions_text
from flexruimte.rules.measures import MeasureSpec
from flexruimte.rules.parts import PlacementReference, Text
from flexruimte.rules.ruleset import Ruleset
from flexruimte.views.catalogue_table import catalogue_rows, dataset_lines
from flexruimte.views.layer_table import layer_lines, layer_rows
from flexruimte.views.rule_in_full import markdown_of_rules
from flexruimte.views.rule_table import markdown_table
from flexruimte.vocabulary import (
    BUILT_IN_MEASURES,
    VERDICT_NAMES,
    Basis,
    Condition,
    Level,
    Status,
    unit_of,
)
from flexruimte.wording.labels import label

__all__ = [
    "dataset_page",
    "layer_page",
    "measure_page",
    "parameter_page",
    "ruleset_page",
    "score_page",
    "word_page",
]

_MADE_FROM = "What ruleset `{name}` {version} says; another ruleset may say otherwise."


def ruleset_page(ruleset: Ruleset) -> str:
    """Return a page with the rules, the classes of priority and the rows of law of a ruleset."""
    return markdown_of_rules(ruleset, "en")


def parameter_page(ruleset: Ruleset) -> str:
    """Return a page with the placement parameters: what a study may change under [placement]."""
    text = "".join(
        f"## `{name}`\n\n**{_plain(each.title.en)}** ({_plain(each.title.nl)})\n\n"
        + _listed(
            [
                f"Default: {_value(each.value)}" + (f" {each.unit}" if each.unit else ""),
                f"May be: {_range(each.minimum, each.maximum, each.choices)}",
                f"Basis: {each.basis}",
                f"Source: {each.source}",
            ]
        )
        + "\n"
        for name, each in ruleset.placement.items()
    )
    return _page("Placement parameters", ruleset, text)


def measure_page(ruleset: Ruleset) -> str:
    """Return a page with all measures: those of the ruleset, and those that are always there."""
    head = ["Measure", "Title, and in Dutch", "Unit", "Of", "How", "Reads"]
    rows = [
        [
            name,
            _in_both(each.title),
            unit_of(name),
            str(getattr(each, "of", "-")),
            getattr(each, "family", "-"),
            _read_by(each, ruleset),
        ]
        for name, each in ruleset.measures.items()
    ]
    built_in = [
        [name, _in_both(title), unit_of(name)]
        for name in BUILT_IN_MEASURES
        for title in [ruleset.title_of_measure(name)]
    ]
    families = [[name, _plain(what)] for name, what in _families(ruleset).items()]
    text = markdown_table(head, rows)
    text += "\n## Always there\n\n" + markdown_table(head[:3], built_in)
    text += "\n## Families\n\nHow a measure is computed. "
    text += "[Keys of a ruleset](ruleset.md) has what each can say.\n\n"
    text += markdown_table(["Family", "What it gives"], families)
    return _page("Measures", ruleset, text)


def layer_page(ruleset: Ruleset) -> str:
    """Return a page with a table of all layers, and each in full."""
    head, rows = layer_rows(ruleset, "en")
    text = markdown_table(head, [[row[0], *map(_plain, row[1:])] for row in rows])
    for key in ruleset.layers:
        lines = list(layer_lines(ruleset, key, "en"))
        text += f"\n## {key}\n\n{_listed(lines)}"
    return _page("Layers", ruleset, text)


def score_page(ruleset: Ruleset) -> str:
    """Return a page with criteria, target groups, themes and what these weigh."""
    head = ["Criterion", "Title", "Measure", "Score", "Basis", "Source"]
    rows = [
        [
            name,
            each.title.en,
            f"`{each.measure}`",
            _curve(each.curve) if each.curve is not None else _classes(each.classes or {}),
            str(each.basis),
            _plain(each.source),
        ]
        for name, each in ruleset.criteria.items()
    ]
    text = "## Criteria\n\nPoints are value → score, with straight lines between them.\n\n"
    text += markdown_table(head, rows)
    for title, parts in (("Target groups", ruleset.groups), ("Themes", ruleset.themes)):
        weighing = [
            [
                name,
                each.title.en,
                _classes(each.weights),
                ", ".join(f"`{name}`" for name in getattr(each, "lowest", None) or []) or "-",
                str(each.basis),
                _plain(each.source),
            ]
            for name, each in parts.items()
        ]
        heads = [title[:-1], "Title", "Weights", "No higher than", "Basis", "Source"]
        text += f"\n## {title}\n\n{markdown_table(heads, weighing)}"
    text += f"\n## Score\n\n{_classes(ruleset.score.weights)}. {_plain(ruleset.score.source)}\n"
    return _page("Criteria, groups and themes", ruleset, text)


def word_page(ruleset: Ruleset) -> str:
    """Return a page with what each word of the outputs is called, in English and in Dutch."""
    words: dict[str, Iterable[str]] = {
        "status": Status,
        "verdict": VERDICT_NAMES.values(),
        "level": Level,
        "condition": Condition,
        "basis": Basis,
    }
    titled: dict[str, Mapping[str, Any]] = {
        "class of priority": ruleset.priorities,
        "target group": ruleset.groups,
        "theme": ruleset.themes,
        "site type": ruleset.site_types,
        "size class": ruleset.size_classes,
    }
    rows = [
        [str(word), kind, label(kind, word, "en"), label(kind, word, "nl")]
        for kind, each in words.items()
        for word in each
    ]
    rows += [
        [name, kind, each.title.en, each.title.nl]
        for kind, parts in titled.items()
        for name, each in parts.items()
    ]
    return _page(
        "Words in the outputs", ruleset, markdown_table(["Word", "Kind", "English", "Dutch"], rows)
    )


def dataset_page(catalogue: Catalogue, ruleset: Ruleset) -> str:
    """Return a page with all datasets of the catalogue: a table, and each in full."""
    head, rows = catalogue_rows(catalogue, ruleset, "en")
    text = "# Datasets\n\nWhat the built-in catalogue knows: `flexruimte catalogue` prints it.\n\n"
    text += markdown_table(head, [[row[0], *map(_plain, row[1:])] for row in rows])
    for row in rows:
        text += f"\n## {row[0]}\n\n{_listed(dataset_lines(catalogue, ruleset, row[0], 'en'))}"
    return text


def _in_both(title: Text) -> str:
    """Return a title in English, and below it in Dutch."""
    return f"{_plain(title.en)}<br>*{_plain(title.nl)}*"


def _page(title: str, ruleset: Ruleset, text: str) -> str:
    made_from = _MADE_FROM.format(name=ruleset.name, version=ruleset.version)
    return f"# {title}\n\n{made_from}\n\n{text}"


def _listed(lines: Iterable[str]) -> str:
    """Return lines as a list; what is indented in them is a list below the item before it."""
    return "".join(
        f"{'    ' if line.startswith('    ') else ''}- {_plain(line.strip())}\n" for line in lines
    )


def _plain(text: str) -> str:
    """Return a text of which Markdown makes nothing else, with links where it has addresses."""
    safe = " ".join(text.split()).replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
    safe = safe.replace("[", "\\[")
    return re.sub(r"https?://[^\s,;)]+[^\s,;).]", lambda found: _link(found[0]), safe)


def _link(address: str) -> str:
    return f"<{address.replace(chr(92), '')}>"


def _read_by(measure: MeasureSpec, ruleset: Ruleset) -> str:
    readings = measure.reads(ruleset.number)
    where = f" {_plain(conditions_text(getattr(measure, 'where', {}), 'en'))}".rstrip()
    said = [f"[{each.layer}](layers.md#{each.layer})" for each in readings]
    return (", ".join(said) + where) if said else "-"


def _families(ruleset: Ruleset) -> dict[str, str]:
    """Return what each family of measures gives, by its name."""
    said = {
        str(getattr(each, "family", "")): each.__doc__ or "" for each in ruleset.measures.values()
    }
    return dict(sorted(said.items()))


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) or "-" if isinstance(value, list) else str(value)


def _range(low: float | None, high: float | None, choices: list[str] | None) -> str:
    if choices:
        return ", ".join(choices)
    bounds = [
        said.format(f"{bound:g}")
        for said, bound in (("at least {}", low), ("at most {}", high))
        if bound is not None
    ]
    return ", ".join(bounds) or "-"


def _curve(points: Iterable[tuple[Any, float]]) -> str:
    said = [
        f"{value.placement if isinstance(value, PlacementReference) else f'{value:g}'} → {score:g}"
        for value, score in points
    ]
    return ", ".join(said)


def _classes(scores: dict[str, float]) -> str:
    return ", ".join(f"{name} {score:g}" for name, score in scores.items())
