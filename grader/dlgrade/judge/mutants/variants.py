"""The mutants of a chapter's reference, and their outcomes."""

from __future__ import annotations

import ast
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
import torch

from dlgrade.course.definitions import TopStatement, reached
from dlgrade.course.references import Reference, answer_lines
from dlgrade.judge.mutants.edits import Edit, edits_of
from dlgrade.judge.mutants.effort import Effort
from dlgrade.judge.mutants.scene import Scene
from dlgrade.judge.mutants.words import in_chinese, known_of
from dlgrade.judge.trusted import Outcome, Variant
from dlgrade.text import Text, both, same

OUTCOME_BYTES = 500  # of any outcome, besides its content
MOST_KEPT = 16 << 20  # bytes of outcomes that are kept for further submissions
MOST_EFFORT = 100_000  # of a probe that is tried at all
NO_MUTANTS = {"open", "Path", "os", "shutil", "subprocess", "tempfile", "socket"}  # code that reads these names


@dataclass
class Mutant:
    """The reference with one edit. `place` is the method that students know as the place of the edit."""

    edit: Edit
    statement: TopStatement
    place: str | None
    outcomes: dict[tuple[bytes, int], Outcome] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> str:
        return self.edit.kind

    @property
    def sentence(self) -> Text:
        """The edit in words, which are true of everybody with these values."""
        where = both(f", in {self.place}", f"{self.place} 中") if self.place else same("")
        return both(
            f"Your results are those of a correct solution in which {self.edit.text.en}{where.en}.",
            in_chinese(f"你的结果与这样一份解答一致：{where.zh}{self.edit.text.zh}，其余都正确。"),
        )


class Mutants:
    """The mutants of a reference, made when an exercise asks for them. Outcomes are kept while there is room."""

    def __init__(self, reference: Reference, exercises: list[str], variant: Variant) -> None:
        self.reference = reference
        self.variant = variant
        self.exercises = exercises
        self.effort = Effort(variant, MOST_EFFORT)
        self.kept = 0
        self._by_exercise: dict[str, list[Mutant]] = {}

    def of(self, exercise: str) -> list[Mutant]:
        """Return the mutants of an exercise and of the helpers that it reads, the likeliest first."""
        if exercise not in self._by_exercise:
            self._by_exercise[exercise] = sorted(self._made(exercise), key=lambda mutant: mutant.edit.rank)
        return self._by_exercise[exercise]

    def _made(self, exercise: str) -> Iterator[Mutant]:
        others = frozenset(self.exercises) - {exercise}
        own = [s for s in reached(self.reference.statements, [exercise], besides=others) if not s.is_import]
        own.sort(key=lambda statement: exercise not in statement.binds)
        answers = answer_lines(self.reference.source)
        for statement in own:
            if statement.reads & NO_MUTANTS:
                continue
            known = known_of(own[0].node, answers)
            for edit in edits_of(statement.node, Scene(answers, known, self._modules)):
                places = {known.method_at(line) for line in edit.lines} if statement is own[0] else set()
                yield Mutant(edit, statement, places.pop() if len(places) == 1 else None)

    @cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(name for s in self.reference.statements if s.is_import for name in s.binds)

    @cached_property
    def _codes(self) -> dict[int, types.CodeType]:
        return {id(s): _compiled(s) for s in self.reference.statements}

    def outcome(self, mutant: Mutant, blob: bytes, seed: int, seconds: float) -> Outcome:
        """Return the outcome of a pickled probe on a mutant, which has so much processor time."""
        key = (blob, seed)
        if key in mutant.outcomes:
            return mutant.outcomes[key]
        with self._module(mutant) as module:
            outcome = self.variant.outcome_of(module, blob, seed, seconds)
        size = OUTCOME_BYTES + len(msgspec.msgpack.encode(outcome))
        if self.kept + size <= MOST_KEPT:
            self.kept += size
            mutant.outcomes[key] = outcome
        return outcome

    @contextmanager
    def _module(self, mutant: Mutant) -> Iterator[types.ModuleType]:
        """Make the module of a mutant. It may leave nothing behind: no module, and no default of torch's."""
        with mutant.edit.applied(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a mutant has every right to be odd
            changed = _compiled(mutant.statement)
        dtype, grad, hook = torch.get_default_dtype(), torch.is_grad_enabled(), sys.unraisablehook
        sys.unraisablehook = _ignore  # an endless mutant may be stopped in a callback
        module = types.ModuleType(f"{self.variant.module.__name__}_mutant")
        sys.modules[module.__name__] = module
        try:
            for statement in self.reference.statements:
                code = changed if statement is mutant.statement else self._codes[id(statement)]
                exec(code, module.__dict__)
            yield module
        finally:
            sys.modules.pop(module.__name__, None)
            torch.set_default_dtype(dtype)
            torch.set_grad_enabled(grad)
            sys.unraisablehook = hook


def _compiled(statement: TopStatement) -> types.CodeType:
    return compile(ast.Module([statement.node], []), "<reference>", "exec")


def _ignore(_: object) -> None:
    """Take no notice of an exception that Python cannot raise."""
