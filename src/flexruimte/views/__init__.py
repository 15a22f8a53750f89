"""A ranking for the eye: a plot, a map to look around in, tables of rules."""
