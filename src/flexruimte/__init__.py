"""Rank parcels of Dutch municipalities for relocatable homes that stay about fifteen years.

`Study` is where to begin: it holds parcels, municipalities, layers and a ruleset, and ranks a
municipality into a `Ranking`. `load_ruleset` reads a `Ruleset`. All errors that flexruimte raises
on purpose are a `FlexruimteError`.

Examples
--------
>>> import flexruimte as fr
>>> ruleset = fr.load_ruleset("flexwonen-nl")
>>> ruleset.rules["natura2000"].level
<Level.VERY_HARD: 'very_hard'>
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from flexruimte.errors import (
    CatalogueError,
    FlexruimteError,
    LayerError,
    OutputError,
    RulesetError,
    SourceError,
    StudyError,
)

if TYPE_CHECKING:
    from flexruimte.analyses.what_if import Variant
    from flexruimte.batch.what_if import what_if
    from flexruimte.ranking import Ranking
    from flexruimte.rules.files import load_ruleset
    from flexruimte.rules.ruleset import Ruleset
    from flexruimte.study import Study
    from flexruimte.study.what_if import WhatIf

    __version__: str

__all__ = [
    "CatalogueError",
    "FlexruimteError",
    "LayerError",
    "OutputError",
    "Ranking",
    "Ruleset",
    "RulesetError",
    "SourceError",
    "Study",
    "StudyError",
    "Variant",
    "WhatIf",
    "load_ruleset",
    "what_if",
]

# Who uses the library decides whether, and where, what it logs is shown.
logging.getLogger(__name__).addHandler(logging.NullHandler())

# Loaded at first use, so that importing the package costs next to nothing beyond geopandas.
_MODULES = {
    "Ranking": "flexruimte.ranking",
    "Ruleset": "flexruimte.rules.ruleset",
    "Study": "flexruimte.study",
    "Variant": "flexruimte.analyses.what_if",
    "WhatIf": "flexruimte.study.what_if",
    "load_ruleset": "flexruimte.rules.files",
    "what_if": "flexruimte.batch.what_if",
}

if not TYPE_CHECKING:  # a type checker would take every name for one of these

    def __getattr__(name: str) -> object:
        """Load a public name at its first use (PEP 562)."""
        if name == "__version__":
            value = _installed_version()
        elif name in _MODULES:
            value = getattr(import_module(_MODULES[name]), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, "__version__"})


def _installed_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("flexruimte")
    except PackageNotFoundError:  # a checkout that is not installed
        return "0+unknown"
