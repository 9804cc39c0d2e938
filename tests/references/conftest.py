"""Fixtures that the tests of the references share."""

import importlib.util

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


@pytest.fixture(scope="module")
def trained(request):
    """The suite of the chapter's checks that train, as a module."""
    content = course.load()
    path = content.training_suite(content.chapter(request.path.stem.removeprefix("test_")))
    spec = importlib.util.spec_from_file_location(f"trained_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
