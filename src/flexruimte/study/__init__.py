"""The door: a study, from arguments or from a file; a look at every source; where the sample study is."""

from flexruimte.study.study import Study

__all__ = ["Study"]
