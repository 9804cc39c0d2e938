"""`dlgrade demo`, the README's main job."""

import pytest


@pytest.mark.parametrize(
    ("lang", "mistake"), [("en", "Your variance divides by N - 1."), ("zh", "你的方差除以了 N - 1。")], ids=["en", "zh"]
)
def test_demo_shows_all_three(dlgrade, lang, mistake):
    """The reader sees full marks, a named mistake and an attack that earns nothing, and the command succeeds."""
    done = dlgrade("demo", "--lang", lang)
    scores = [line.split()[1:] for line in done.stdout.splitlines() if line.strip().startswith(("Score", "得分"))]
    assert done.returncode == 0, done.stdout + done.stderr
    assert [score[0] for score in scores] == ["67", "56", "0"]
    assert mistake in done.stdout
