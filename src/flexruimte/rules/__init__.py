"""What may be said, in a study file and in a ruleset: rules, measures, curves, weights.

`built_in` holds the rulesets that come along.
"""
