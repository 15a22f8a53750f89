"""Gathers the pages of the site in a folder: `python -m reference_pages FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from reference_pages.gathering import gather

gather(Path(sys.argv[1]))
