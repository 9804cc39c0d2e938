"""Relations between a student's values and the expected values, for failures that no misconception explains."""

from dlgrade.judge.relations.near import nearly_right
from dlgrade.judge.relations.search import Draw, Relation, relation
from dlgrade.judge.relations.sizes import wrong_sizes

__all__ = ["Draw", "Relation", "nearly_right", "relation", "wrong_sizes"]
