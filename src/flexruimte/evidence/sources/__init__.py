"""Where evidence comes from: one class for each kind of source, and one function that opens it."""

from flexruimte.evidence.sources.addresses import locate
from flexruimte.evidence.sources.opening import open_source, opened_as
from flexruimte.evidence.sources.protocol import Source, Window

__all__ = ["Source", "Window", "locate", "open_source", "opened_as"]
