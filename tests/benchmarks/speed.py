"""The cost of commands and probes, as ratios in one run: python tests/benchmarks/speed.py [repeats]

Each figure is the median of interleaved repeats, so that a noisy machine is noisy for both sides of a ratio.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from dlgrade import course
from dlgrade.judge.check import Check, Declared
from dlgrade.judge.compare import Comparison
from dlgrade.judge.session import Judge
from dlgrade.submission import Submission
from dlgrade.text import same

PYTHON = sys.executable
DLGRADE = [PYTHON, "-m", "dlgrade"]


CHAPTERS = 109  # of the whole course


def seconds(command, cwd, **environment):
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def whole_course(here, folder):
    """A course with as many chapters as the whole course, made of copies of those that there are."""
    contents = yaml.safe_load(here.contents_file.read_text(encoding="utf-8"))
    for stem in here.stems:
        shutil.copytree(here.chapter_file(stem).parent, folder / "exercises" / stem)
    for number in range(CHAPTERS - len(here.stems)):
        stem = here.stems[number % len(here.stems)]
        copy = f"ch{200 + number}_{stem.partition('_')[2]}"
        shutil.copytree(here.chapter_file(stem).parent, folder / "exercises" / copy)
        contents["parts"][-1].setdefault("chapters", []).append(copy)
    text = yaml.safe_dump(contents, allow_unicode=True)
    (folder / "exercises" / "course.yaml").write_text(text, encoding="utf-8")
    return str(folder)


def commands(repeats):
    """Medians of whole commands, interleaved."""
    here = course.load()
    with tempfile.TemporaryDirectory() as folder:
        reference = here.reference(here.chapter("ch28")).read_text(encoding="utf-8")
        whole = whole_course(here, Path(folder) / "course")
        # one check fails, so that nothing is trained
        (Path(folder) / "ch28_batch_norm.py").write_text(f"{reference}\ndel norm_stat_count\n", encoding="utf-8")
        table = {
            "python -c pass": [PYTHON, "-c", "pass"],
            "python -c 'import torch'": [PYTHON, "-c", "import torch"],
            "dlgrade --help": [*DLGRADE, "--help"],
            "dlgrade list": [*DLGRADE, "list"],
            "dlgrade list, 109 chapters": [*DLGRADE, "list"],
            "dlgrade check ch28, untrained": [*DLGRADE, "check", "ch28", "--sandbox", "require"],
        }
        taken = {name: [] for name in table}
        for round_ in range(repeats + 1):  # the first fills the disk's cache and does not count
            for name, command in table.items():
                chosen = {"DLGRADE_COURSE": whole} if "109" in name else {}
                one = seconds(command, folder, **chosen)
                if round_:
                    taken[name].append(one)
    return {name: statistics.median(values) for name, values in taken.items()}


def probes(repeats):
    """Median seconds of a probe in a warm worker, and of the same call in this process."""
    import torch

    here = course.load()
    chapter = here.chapter("ch28")
    with Judge(here, sandbox="require") as judge:
        content = judge.content(chapter)
        grading = judge.grading(chapter, Submission.from_source(content.reference.source, "ch28.py"), seed=0)
        X = torch.randn(8, 16)
        check = Check(Declared("layer_norm.speed", "layer_norm", 1, same("")), seconds=1e9)
        inside, outside = [], []
        for number in range(repeats * 20):
            eps = 1e-5 + number * 1e-12  # another probe each time: nothing is remembered
            started = time.perf_counter()
            grading.ask(check, lambda impl, eps=eps: impl.layer_norm(X, (16,), eps=eps), Comparison())
            middle = time.perf_counter()
            content.reference.module.layer_norm(X, (16,), eps=eps)
            outside.append(time.perf_counter() - middle)
            inside.append(middle - started)
        starts = []
        for _ in range(repeats):
            grading.worker.drop()
            started = time.perf_counter()
            grading.ask(check, lambda impl: impl.layer_norm(X, (16,)), Comparison())
            starts.append(time.perf_counter() - started)
        grading.close()
    return statistics.median(inside), statistics.median(outside), statistics.median(starts)


def main():
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    took = commands(repeats)
    torch_alone = took["python -c 'import torch'"]
    print(f"{'command':<31}{'median':>10}{'x import torch':>17}")
    for name, value in took.items():
        print(f"{name:<31}{value * 1000:>7.0f} ms{value / torch_alone:>17.2f}")
    beyond = took["dlgrade check ch28, untrained"] - torch_alone
    print(f"\ndlgrade check ch28 beyond import torch: {beyond:.2f} s (budget 0.6 s)")
    inside, outside, start = probes(repeats)
    print(f"a probe, and the same call in place: {inside * 1000:.2f} ms, {outside * 1000:.3f} ms (budget 5 ms more)")
    print(f"a fresh sandboxed worker to its first answer: {start * 1000:.1f} ms")


if __name__ == "__main__":
    main()
