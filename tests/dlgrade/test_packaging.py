"""pyproject.toml against the code: declared dependencies, oldest versions, supported versions of Python."""

import ast
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from dlgrade import course
from dlgrade.course import references

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = REPOSITORY / "grader" / "dlgrade"
DISTRIBUTIONS = {
    "yaml": "pyyaml",
    "IPython": "ipython",
    "PIL": "pillow",
    "cosmic_ray": "cosmic-ray",
    "charset_normalizer": "charset-normalizer",
}  # where the names differ
# The extra that a part of the engine may require: a package, or the command of that name. All else is for students.
EXTRAS = {
    "audit": "audit", "batch": "grade", "report": "grade", "notebook": "notebook",
    "grade": "grade", "override": "grade", "export": "grade",
}  # fmt: skip
REFUSE_EXTRAS = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Refuse())
"""


@pytest.fixture(scope="module")
def lowest():
    """The script that reads pyproject.toml."""
    spec = importlib.util.spec_from_file_location("lowest", REPOSITORY / "tests" / "lowest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def imports(path):
    """(name, line) of each import in a file, also of those inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0], node.lineno


def extra_of(path):
    """The extra that a module of the engine may require besides the dependencies; None for a student's module."""
    parts = path.relative_to(ENGINE).with_suffix("").parts
    return EXTRAS.get(parts[-1] if parts[0] == "cli" else parts[0])


def test_every_import_is_declared(lowest):
    """Each package that the engine imports is a dependency, or belongs to the extra of the part that imports it."""
    undeclared = []
    for path in sorted(ENGINE.rglob("*.py")):
        extra = extra_of(path)
        declared = {wanted.name.lower() for wanted in lowest.requirements(*([extra] if extra else []))}
        for name, line in imports(path):
            foreign = name not in sys.stdlib_module_names and name != "dlgrade"
            if foreign and DISTRIBUTIONS.get(name, name).lower() not in declared:
                undeclared.append(f"{path.relative_to(REPOSITORY)}:{line}: {name}")
    assert undeclared == []


def test_every_dependency_is_imported(lowest):
    """Each dependency of the engine and of its extras is imported somewhere, or is pytest's or the system's."""
    names = {name for path in ENGINE.rglob("*.py") for name, _ in imports(path)}
    imported = {DISTRIBUTIONS.get(name, name).lower() for name in names}
    declared = {wanted.name.lower() for wanted in lowest.requirements("grade", "audit", "notebook")}
    assert declared - imported == {"pytest-timeout", "tzdata"}


def test_students_need_no_extra(lowest, dlgrade, tmp_path, ch28):
    """`dlgrade check` of a right answer passes where no process can import anything that only extras require."""
    modules = {name: module for module, name in DISTRIBUTIONS.items()}
    for_students = {wanted.name for wanted in lowest.requirements()}
    extras = {wanted.name for wanted in lowest.requirements("grade", "audit", "notebook")}
    refused = {modules.get(name, name) for name in extras - for_students}
    (tmp_path / "sitecustomize.py").write_text(REFUSE_EXTRAS.format(names=refused), encoding="utf-8")
    (tmp_path / "ch28.py").write_text(references.source(course.load(), ch28), encoding="utf-8")
    done = dlgrade("check", "ch28", "-k", "norm_stat_count", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", ["filelock", "sqlalchemy"])
def test_a_missing_extra_is_named(package, dlgrade, tmp_path):
    """A command for staff says in one sentence how to install the packages that only staff need."""
    (tmp_path / "sitecustomize.py").write_text(REFUSE_EXTRAS.format(names={package}), encoding="utf-8")
    done = dlgrade("grade", ".", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: {package} is not installed: pip install 'dlgrade[grade]'\n"


def test_constraints_of_the_lowest_versions(lowest):
    """tests/lowest.txt has the oldest versions of pyproject.toml: `python tests/lowest.py --write` renews it."""
    assert lowest.CONSTRAINTS.read_text(encoding="utf-8") == lowest.constraints()


def test_versions_of_python(lowest):
    """The workflow runs the tests on each Python that doctor supports, and on the oldest with the lowest versions."""
    from dlgrade.student import doctor

    workflow = (REPOSITORY / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrix = re.search(r"python: \[(.*)\]", workflow)[1].replace('"', "").split(", ")
    oldest = ".".join(map(str, doctor.OLDEST))
    assert (matrix[0], matrix[-1]) == (oldest, ".".join(map(str, doctor.NEWEST)))
    assert lowest.project()["requires-python"] == f">={oldest}"
    assert re.search(rf'python-version: "{oldest}"\n.*?-c tests/lowest.txt', workflow, re.DOTALL)
