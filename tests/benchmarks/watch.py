"""How long a student waits: from a save to the verdict of `dlgrade watch`, and for a second `dlgrade check`.

    python tests/benchmarks/watch.py [CHAPTER]

Both on the chapter's reference, in a pipe, side by side in one run; the median of several.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dlgrade import course
from dlgrade.course import references

SAVES = 10


def main():
    here = course.load()
    chapter = here.chapter(sys.argv[1] if len(sys.argv) > 1 else "ch28")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{chapter.stem}.py"
        file.write_text(references.source(here, chapter), encoding="utf-8")
        environment = {**os.environ, "DLGRADE_STATE": f"{folder}/state", "LC_ALL": "C.UTF-8"}
        waited = watched(chapter, file, environment)
        whole = checked(chapter, folder, environment)
    print(f"{chapter.id}: from a save to the verdict of watch {waited:.2f} s, a check in a new process {whole:.2f} s")
    print(f"ratio {whole / waited:.0f}")


def watched(chapter, file, environment):
    command = [sys.executable, "-m", "dlgrade", "watch", chapter.id]
    with subprocess.Popen(
        command, cwd=file.parent, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        times = []
        verdict(process)
        for number in range(SAVES):
            time.sleep(0.5)
            started = time.perf_counter()
            file.write_text(f"{file.read_text(encoding='utf-8')}\n# {number}\n", encoding="utf-8")
            verdict(process)
            times.append(time.perf_counter() - started)
        process.kill()
    return statistics.median(times)


def verdict(process):
    for line in process.stdout:
        if line.startswith("Score"):
            return
    raise SystemExit("watch has ended")


def checked(chapter, folder, environment):
    command = [sys.executable, "-m", "dlgrade", "check", chapter.id, "-k", chapter.exercises[0].name]
    times = []
    for _ in range(4):  # the first fills the disk's cache
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()
