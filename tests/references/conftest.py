"""Fixtures that the tests of the references share."""

import pytest

from dlgrade import course


@pytest.fixture(scope="module")
def reference(request, judge):
    """The reference of the chapter that the test file is named after: `test_ch28.py`."""
    chapter = course.load().chapter(request.path.stem.removeprefix("test_"))
    return judge.content(chapter).reference.module
