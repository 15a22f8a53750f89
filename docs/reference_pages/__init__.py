"""The pages of the documentation that are made from the program itself, so that they cannot lag.

`PYTHONPATH=docs python -m reference_pages build/docs/pages` gathers all pages of the site: those
that people wrote, and these.
"""
