"""A study file for who has none: from the catalogue, or from a folder of files."""
