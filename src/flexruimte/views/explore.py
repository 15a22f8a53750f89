"""The map of a municipality in a notebook: the page that a run writes, in a frame."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely

from flexruimte.assessment.pipeline import Assessment
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.outputs import OutputContent
from flexruimte.views.html import render
from flexruimte.views.web import one_page
from flexruimte.wording.messages import Language, message

__all__ = ["MapPage", "map_page"]

_LEVEL: Final = 9


@dataclass(frozen=True)
class MapPage:
    """A page with the map of one municipality, which a notebook shows in a frame.

    It asks nothing of the internet, and goes with the notebook: what is shown is in it, packed.
    """

    title: str
    """What a screen reader calls the frame."""
    html: str
    """The page, with all that it needs."""
    language: Language = "nl"
    """Of what is said where a browser cannot show it."""
    height: int = 640
    """Of the frame. [pixel]"""

    def save(self, path: str | Path) -> None:
        """Write the page to a file, which any browser opens by itself.

        Parameters
        ----------
        path
            The file to write, as in "map.html".

        Raises
        ------
        OutputError
            When the file cannot be written.
        """
        with atomic_write(path) as partial:
            partial.write_text(self.html, encoding="utf-8")

    def __repr__(self) -> str:
        """Return a one-line description."""
        return f"<{self.title}: {len(self.html) / 1e6:.1f} MB; .save('map.html') writes it>"

    def _repr_html_(self) -> str:
        """Return the page in a frame. The packed page holds no character of markup."""
        packed = base64.b64encode(gzip.compress(self.html.encode("utf-8"), _LEVEL, mtime=0))
        failed = message("explore-failed", self.language)
        inner = render("unpacked", packed=packed.decode("ascii"), failed=failed)
        return render("frame", title=self.title, height=self.height, page=inner)


def map_page(
    content: OutputContent,
    assessment: Assessment,
    boundary: shapely.Geometry,
    *,
    height: int = 640,
    others: bool = True,
) -> MapPage:
    """Return the map of a municipality for a notebook.

    Parameters
    ----------
    content
        What the files of the municipality are made of.
    assessment
        The same, before rounding.
    boundary
        Of the municipality, in RD New.
    height
        Of the frame. [pixel]
    others
        Whether the parcels that are no location are there too.

    Raises
    ------
    OutputError
        When the package with MapLibre is not whole.
    """
    summary = content.summary
    title = f"{summary.municipality.name}: {summary.study.name}"
    page = one_page(content, assessment, boundary, others=others)
    return MapPage(title, page, summary.study.language, height)
