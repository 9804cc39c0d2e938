"""Print the table exercise by bypass: the share of its points that an exercise earns with a ready-made call inside.

    python tests/bypasses/table.py [CHAPTER ...]

Each submission is the reference, whose exercises also make a ready-made call in the way that the bypass says. A dash
says that the bypass does not apply to the exercise's family. The exit code is 1 if any cell is not 0.
"""

import string
import sys
from pathlib import Path

import yaml

from dlgrade import course
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission

HERE = Path(__file__).resolve().parent
WRAPPER = """

{before}
_right_{name} = {name}


def {name}(*args, **kwargs):
    {use}
    return _right_{name}(*args, **kwargs)

"""


def read(name):
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def filled(text, call):
    half = len(call["name"]) // 2
    halves = {"first": call["name"][:half], "second": call["name"][half:]}
    return string.Template(text).substitute({"op": "", "op_args": "", **call, **halves})


def applies(bypass, call):
    imports = "from $module import" in str(bypass)
    return ("op" in call or "$op" not in str(bypass)) and not (imports and call["module"] == "torch.Tensor")


def submission(reference, chapter, exercises, calls, bypass):
    """The reference with the bypass in these exercises, whose families have calls."""
    source, files = reference + "\n\nimport torch\nimport torch.utils.data\nimport torch.utils.checkpoint\n", {}
    for exercise in exercises:
        call = calls[exercise.forbidden[0]]
        library = "" if call["module"].split(".")[0] == "torch" else f"import {call['module']}\n"
        source += library
        before, use = (filled(bypass.get(key, ""), call) for key in ("before", "use"))
        source += WRAPPER.format(name=exercise.name, before=before, use=use)
        files |= {name: (library + filled(text, call)).encode() for name, text in bypass.get("beside", {}).items()}
    name = f"{chapter.stem}.py"
    return Submission(name, {name: source.encode(), **files}, name, source=source)


def shares(judge, chapter, exercises, calls, bypass):
    """The points that each exercise earns; exercises that share a family run at once."""
    fitting = [exercise for exercise in exercises if applies(bypass, calls[exercise.forbidden[0]])]
    groups = [fitting] if len({exercise.forbidden[0] for exercise in fitting}) == 1 else [[one] for one in fitting]
    reference = judge.content(chapter).reference.source
    earned = {}
    for group in filter(None, groups):
        hand_in = submission(reference, chapter, group, calls, bypass)
        keyword = group[0].name if len(group) == 1 else ""
        report = judge.grade(chapter, hand_in, RunOptions(keyword=keyword, training="never"))
        for exercise in group:
            checks = [check for check in report.checks if check.exercise == exercise.name]
            earned[exercise.name] = outcome(checks)
    return earned


def outcome(checks):
    """The percentage of the points that an exercise earned; `err` if it earned none for another reason."""
    share = 100 * sum(check.earned for check in checks) / sum(check.points for check in checks)
    told = all("from scratch" in check.message.en for check in checks if check.message)
    return f"{share:.0f}" if share or told else "err"


def main(chosen):
    bypasses, calls, worked = read("bypasses.yaml"), read("calls.yaml"), []
    with Judge(course.load()) as judge:
        for chapter in judge.course.chapters:
            exercises = [exercise for exercise in chapter.exercises if exercise.forbidden]
            if not exercises or (chosen and chapter.id not in chosen):
                continue
            rows = {name: shares(judge, chapter, exercises, calls, bypass) for name, bypass in bypasses.items()}
            print(f"\n{chapter.id}: {', '.join(exercise.name for exercise in exercises)}")
            for name, earned in rows.items():
                cells = [earned.get(exercise.name, "-") for exercise in exercises]
                print(f"  {name:28}{' '.join(f'{cell:>4}' for cell in cells)}", flush=True)
                worked += [(exercise, name) for exercise, share in earned.items() if share != "0"]
    print(f"\n{len(worked)} cells are not 0")
    return 1 if worked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
