"""What a run wrote, to compare with what another run wrote."""

from __future__ import annotations

from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files that are the same for the same inputs, whatever was computed when; not what is only kept for a later run."""
    files = (
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("run.json", "run.log", "summary.json")
    )
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
