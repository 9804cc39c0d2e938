"""The built wheel, installed where there is no checkout."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_nothing_but_dlgrade_at_the_top(wheel):
    """The wheel puts dlgrade and its own metadata into site-packages, and nothing else.

    The course is inside the package, as are the marker of type hints and the licence.
    """
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"dlgrade"}
    wanted = [
        "exercises/course.yaml",
        "exercises/ch22_pooling/figures.py",
        "exercises/ch22_pooling/figures/window.svg",
        "solutions/ch28_batch_norm/reference.py",
        "tests/chapters/test_ch28_batch_norm.py",
    ]
    assert [name for name in wanted if f"dlgrade/_course/{name}" not in names] == []
    assert "dlgrade/py.typed" in names
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")] != []


def test_check_from_an_empty_folder(wheel, tmp_path):
    """In a clean virtual environment, `dlgrade check ch28` says where it looked, and grades both kinds of file."""
    environment, work = tmp_path / "venv", tmp_path / "empty folder"
    work.mkdir()
    venv.create(environment, with_pip=False, symlinks=True)
    site_packages = _install(wheel, environment)
    run = _runner(environment, work)
    nothing = run("check", "ch28")
    assert nothing.returncode == 2
    assert "dlgrade start ch28" in nothing.stderr
    (work / "ch28_batch_norm.py").write_text(run("list", "--starter", "ch28").stdout, encoding="utf-8")
    fresh = run("check", "ch28")
    assert (fresh.returncode, "Score 0 / 71, 4 pending" in fresh.stdout) == (1, True), fresh.stdout + fresh.stderr
    reference = site_packages / "dlgrade" / "_course" / "solutions" / "ch28_batch_norm" / "reference.py"
    (work / "ch28_batch_norm.py").write_bytes(reference.read_bytes())
    assert run("check", "ch28").returncode == 0


def test_an_installed_course_keeps_its_answers(wheel, tmp_path):
    """A submission cannot read the solutions that lie inside site-packages beside the libraries that it may read."""
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False, symlinks=True)
    solutions = _install(wheel, environment) / "dlgrade" / "_course"
    spy = "import os\ndef norm_stat_count(*args, **kwargs):\n"
    spy += f"    print(os.listdir({str(solutions.parent)!r}))\n"
    spy += f"    return os.listdir({str(solutions / 'solutions')!r})\n"
    (tmp_path / "ch28.py").write_text(spy, encoding="utf-8")
    done = _runner(environment, tmp_path)("check", "ch28", "-k", "norm_stat_count.batch", "--sandbox", "require")
    assert done.returncode == 1
    assert "Error" in done.stdout
    assert "ch28_batch_norm" not in done.stdout


def _install(wheel, environment):
    """Install the wheel; what it requires comes from the environment that runs the tests, as torch takes a minute."""
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    (site_packages,) = (environment / "lib").glob("python*/site-packages")
    (site_packages / "borrowed.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n", encoding="utf-8")
    return site_packages


def _runner(environment, folder):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "DLGRADE", "LC_", "LANG"))}

    def run(*arguments):
        command = [str(environment / "bin" / "dlgrade"), *arguments]
        return subprocess.run(
            command, cwd=folder, env=kept, capture_output=True, text=True, encoding="utf-8", timeout=120
        )

    return run
