"""How a title is written within a sentence."""

from __future__ import annotations

__all__ = ["lowered"]


def lowered(text: str) -> str:
    """Return a title as it stands within a sentence; an abbreviation keeps its capitals.

    Examples
    --------
    >>> lowered("Haalbaarheid"), lowered("BAG-panden"), lowered("")
    ('haalbaarheid', 'BAG-panden', '')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
