"""Mutants: a student's values are compared with those of the reference with one small change.

They are the last resort of a diagnosis, for failures without a name and without a relation.
"""

from dlgrade.judge.mutants.search import Budget, Match, Tried, best_match
from dlgrade.judge.mutants.variants import Mutants

__all__ = ["Budget", "Match", "Mutants", "Tried", "best_match"]
