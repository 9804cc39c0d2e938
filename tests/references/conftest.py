"""Fixtures that the tests of the references share."""

import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.judge.trusted import Variant


@pytest.fixture(scope="module")
def reference(request):
    """The reference of the chapter that the test file is named after: `test_ch28.py`."""
    content = course.load()
    chapter = content.chapter(request.path.stem.removeprefix("test_"))
    return Variant("reference", references.source(content, chapter)).module
