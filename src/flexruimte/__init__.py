"""Rank parcels of Dutch municipalities for relocatable homes that stay about fifteen years."""

from importlib.metadata import PackageNotFoundError, version

from flexruimte.errors import (
    FlexruimteError,
    LayerError,
    OutputError,
    RulesetError,
    SourceError,
    StudyError,
)
from flexruimte.ranking import Ranking
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study import Study

try:
    __version__ = version("flexruimte")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "0+unknown"

__all__ = [
    "FlexruimteError",
    "LayerError",
    "OutputError",
    "Ranking",
    "Ruleset",
    "RulesetError",
    "SourceError",
    "Study",
    "StudyError",
    "load_ruleset",
]
