"""On a busy machine a submission is charged for its own time, not for the time that it waited for a core."""

import contextlib
import os
import subprocess
import sys

import pytest

from dlgrade import course
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission
from dlgrade.worker.limits import Limits

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs a core to crowd")
BUSY = "import time\ndef norm_stat_count(*_):\n    {}\n    raise ValueError('done')\n"
WORK = "start = time.process_time()\n    while time.process_time() - start < 0.6: pass"


@contextlib.contextmanager
def crowd():
    """Run five processes that never rest on the cores of this process."""
    with contextlib.ExitStack() as others:
        for _ in range(5):
            # the kernel shares cores between sessions first
            endless = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
            others.callback(others.enter_context(endless).kill)
        yield


@pytest.fixture
def one_core():
    """This process and all that it starts share a core."""
    free = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(free)})
    yield
    os.sched_setaffinity(0, free)


@pytest.mark.usefixtures("one_core")
@pytest.mark.parametrize(("body", "verdict"), [(WORK, "RAISED"), ("time.sleep(60)", "TIMED_OUT")])
def test_waiting_for_a_core(body, verdict):
    """Work of 0.6 s that takes three on a crowded core is no time-out at 1.5 s; sleeping is."""
    here = course.load()
    chapter = here.chapter("ch28")
    submission = Submission.from_source(BUSY.format(body), "ch28.py")
    with Judge(here, limits=Limits(check_seconds=1.5)) as judge, crowd():
        report = judge.grade(chapter, submission, RunOptions(keyword="norm_stat_count.batch"))
    assert report.checks[0].verdict.value == verdict
    assert report.checks[0].seconds > 1.5
