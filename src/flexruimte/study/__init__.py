"""A study, from arguments or from a file; the check of its sources; the sample study."""

from flexruimte.study.study import Study

__all__ = ["Study"]
