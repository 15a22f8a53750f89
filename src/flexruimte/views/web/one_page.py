"""The page of one municipality with all that it needs in one text: no folder, and no internet."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final

import shapely

from flexruimte.assessment.pipeline import Assessment
from flexruimte.results.outputs import OutputContent
from flexruimte.views.web.municipality import head_of, municipality_scripts
from flexruimte.views.web.run_page import follow_up_script, page_files, run_script, with_boundary

__all__ = ["one_page"]

_PAGE: Final = "index.html"
_RUN: Final = "data/run.js"
_FOLLOW_UPS: Final = "data/follow_ups.js"
_SCRIPT: Final = re.compile(r'<script src="([^"]+)"></script>')
_STYLE: Final = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
_FROM_ITS_FOLDER: Final = "script-src 'self' file:"


def one_page(
    content: OutputContent,
    assessment: Assessment,
    boundary: shapely.Geometry,
    *,
    others: bool = True,
) -> str:
    """Return the map of a municipality as one text of HTML.

    It is the page that a run writes, with its scripts, styles and data inside. Its
    Content-Security-Policy names each of these scripts by its digest, so that no other runs.

    Parameters
    ----------
    content
        What the files of the municipality are made of.
    assessment
        The same, before rounding.
    boundary
        Of the municipality, in RD New.
    others
        Whether the parcels that are no location are there too.

    Raises
    ------
    OutputError
        When the package with MapLibre is not whole.
    """
    study = content.summary.study
    head = with_boundary(head_of(content, "data"), boundary)
    data = municipality_scripts(content, assessment, others=others)
    files = {name: text.decode("utf-8") for name, text in page_files().items()}
    files[_RUN] = run_script(study.name, study.language, [head]) + "".join(data.values())
    files[_FOLLOW_UPS] = follow_up_script({})
    return _with_all_inside(files)


def _with_all_inside(files: Mapping[str, str]) -> str:
    """Return the page with what it asks for in the place of the asking."""
    page, digests = files[_PAGE], []

    def inside(found: re.Match[str]) -> str:
        # What a script says in texts and expressions may not end it.
        text = files[found[1]].replace("\r\n", "\n").replace("</script", "<\\/script")
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        digests.append(f"'sha256-{digest}'")
        return f"<script>{text}</script>"

    page = _STYLE.sub(lambda found: f"<style>{files[found[1]]}</style>", page)
    page = _SCRIPT.sub(inside, page)
    return page.replace(_FROM_ITS_FOLDER, f"script-src {' '.join(digests)}")
