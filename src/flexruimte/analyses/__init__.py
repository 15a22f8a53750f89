"""Analyses that start from the results of a run: targets, costs, and where homes go next.

Each is a package whose module `run` reads the results from disk and writes its files beside them.
"""
