"""The cost of grading a class: python tests/benchmarks/load.py [submissions] [--right]

Grades so many submissions of ch28 with two jobs: right answers, known mistakes, mutants and attacks, each different
from every other, in an order drawn from a seed. Says what a submission cost, whether every right one kept its marks,
and how much memory was in use at the beginning and at the end. `--right` grades right answers alone, in two batches of
unequal size: their difference is what one costs beyond the shared start. It also says how much more a process for each
submission costs that imports torch and runs pytest.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from dlgrade import course
from dlgrade.audit.mutants import mutants
from dlgrade.course import references

HERE = course.load()
CHAPTER = HERE.chapter("ch28")
HOSTILE = Path(__file__).resolve().parents[1] / "hostile"
JOBS = 2
SHARES = {"right": 0.5, "mistake": 0.25, "mutant": 0.21, "hostile": 0.04}


def sources():
    """Sources by kind."""
    reference = references.read(HERE, CHAPTER)
    right = [reference.source, *references.alternates(HERE, CHAPTER).values()]
    return {
        "right": right,
        "mistake": [reference.with_misconceptions(name) for name in reference.misconceptions],
        "mutant": [mutant.source for mutant in mutants(HERE, CHAPTER)],
        "hostile": [path.read_text(encoding="utf-8") for path in sorted(HOSTILE.glob("*.py"))],
    }


def hand_in(folder, count, shares):
    """Write a folder for each student; no two files are equal. Returns the kind by student."""
    draw, material = random.Random(0), sources()
    kinds = {}
    for number in range(count):
        kind = draw.choices(list(shares), list(shares.values()))[0]
        student = f"{number:04d}"
        kinds[student] = kind
        (folder / student).mkdir(parents=True)
        source = draw.choice(material[kind]) + f"\n# {student}\n"
        (folder / student / f"{CHAPTER.stem}.py").write_text(source, encoding="utf-8")
    return kinds


class Watch(threading.Thread):
    """Samples the CPU time of a process and its descendants, and how much more memory the machine's processes use.

    Workers hide their own memory from everybody; the machine's counts them, too.
    """

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.memory, self.cpu, self.before, self.ended = pid, [], 0.0, in_use(), False

    def run(self):
        while not self.ended:
            pids = family(self.pid)
            self.memory.append(in_use() - self.before)
            self.cpu = max(self.cpu, sum(map(cpu_seconds, pids)))
            time.sleep(0.1)


def family(pid):
    waiting, found = [pid], []
    while waiting:
        found.append(waiting.pop())
        try:
            for children in Path(f"/proc/{found[-1]}/task").glob("*/children"):
                waiting += map(int, children.read_text().split())
        except OSError:  # it has ended
            continue
    return found


def in_use():
    """Bytes that processes of this machine have written, their files in memory among them."""
    facts = Path("/proc/meminfo").read_text()
    return sum(int(facts.partition(f"{name}:")[2].split()[0]) * 1024 for name in ("AnonPages", "Shmem"))


def cpu_seconds(pid):
    """The CPU time of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def run(command, cwd):
    """Seconds on the clock, seconds of CPU, samples of memory."""
    started, process = time.monotonic(), subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL)
    watch = Watch(process.pid)
    watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    watch.ended = True
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} ended with {process.returncode}")
    # the samples miss the very end, the system's account those whom nobody waited for
    return time.monotonic() - started, max(watch.cpu, usage.ru_utime + usage.ru_stime), watch.memory


def grade(folder):
    """Grade folder/in into folder/out."""
    command = [sys.executable, "-m", "dlgrade", "grade", "in", "--chapters", "ch28", "--jobs", str(JOBS)]
    return run([*command, "--without-training", "--out", "out"], folder)


def scores(folder, student):
    report = json.loads((folder / "out" / "reports" / student / "ch28.json").read_text(encoding="utf-8"))
    return report["score"], report["points"] - report["pending"], len(report["chapters"][0]["checks"])


def fresh_processes(folder, students):
    """Seconds of CPU for each when a process of its own imports torch and runs pytest."""
    suite = HERE.suite(CHAPTER)
    total = 0.0
    for student in students:
        file = folder / "in" / student / f"{CHAPTER.stem}.py"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(suite)]
        total += run([*command, "--submission", str(file)], folder)[1]
    return total / len(students)


def mixed(folder, count):
    kinds = hand_in(folder / "in", count, SHARES)
    clock, cpu, memory = grade(folder)
    right = [student for student, kind in kinds.items() if kind == "right"]
    spoiled = [student for student in right if scores(folder, student)[0] != scores(folder, student)[1]]
    gained = [s for s, kind in kinds.items() if kind == "hostile" and scores(folder, s)[0] == scores(folder, s)[1]]
    print(f"{count} submissions ({', '.join(f'{list(kinds.values()).count(k)} {k}' for k in SHARES)}), {JOBS} jobs")
    print(f"  {clock:.1f} s on the clock, {cpu:.1f} s of CPU: {1000 * cpu / count:.0f} ms each")
    print(f"  right ones that lost marks: {len(spoiled)} of {len(right)}; attacks with full marks: {len(gained)}")
    tell_memory(folder, memory)


def tell_memory(folder, samples):
    quarter = max(1, len(samples) // 4)
    alone = max(run([sys.executable, "-c", "import time, torch; time.sleep(1)"], folder)[2])
    print(
        f"  memory in use: {statistics.median(samples[:quarter]) / 2**20:.0f} MB in the first quarter of the time, "
        f"{statistics.median(samples[-quarter:]) / 2**20:.0f} MB in the last, {max(samples) / 2**20:.0f} MB at most"
    )
    print(
        f"  budget: {alone / 2**20:.0f} MB for one process that imports torch, and 100 MB a job: "
        f"{alone / 2**20 + 100 * JOBS:.0f} MB"
    )


def right_ones(folder, count):
    batches = []
    for name, size in (("few", count // 5), ("many", count)):
        place = folder / name
        hand_in(place / "in", size, {"right": 1.0})
        batches.append((size, *grade(place)))
    (few, few_clock, few_cpu, _), (many, many_clock, many_cpu, memory) = batches
    one = (many_cpu - few_cpu) / (many - few)
    checks = scores(folder / "many", "0000")[2]
    fresh = fresh_processes(folder / "many", [f"{number:04d}" for number in range(5)])
    print(f"right answers with {checks} checks, {few} and then {many} of them, {JOBS} jobs")
    print(f"  {1000 * one:.0f} ms of CPU each beyond the shared start (budget {30 + 3 * checks} ms)")
    print(f"  {1000 * (many_clock - few_clock) / (many - few):.0f} ms each on the clock")
    tell_memory(folder, memory)
    print(f"  a process for each that imports torch and runs pytest: {fresh / one:.0f} times the CPU ({fresh:.2f} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("submissions", type=int, nargs="?", default=1000)
    parser.add_argument("--right", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        (right_ones if given.right else mixed)(Path(name), given.submissions)


if __name__ == "__main__":
    main()
