"""Where the sample study is: in the package, or at the root of its repository."""

from __future__ import annotations

from pathlib import Path

from flexruimte.errors import SourceError

__all__ = ["sample_study_path"]


def sample_study_path() -> Path:
    """Return the path of the sample study's study.toml.

    Raises
    ------
    SourceError
        When the sample data did not come with this installation.
    """
    package = Path(__file__).resolve().parents[1]
    places = [package / "sample_data", package.parent.parent / "sample_data"]
    for folder in places:
        if (folder / "study.toml").is_file():
            return folder / "study.toml"
    looked = " or ".join(map(str, places))
    raise SourceError(
        f"the sample study is not installed: there is no study.toml in {looked}; "
        "install flexruimte from its wheel, or run it from a complete checkout"
    )
