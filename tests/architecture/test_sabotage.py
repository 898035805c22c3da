"""The damages of `make sabotage` fit the product as it is: a patch that no longer applies tests nothing."""

from pathlib import Path

import pytest

from tests.sabotage.patch import Patch
from tests.sabotage.patches import PATCHES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.what)
def test_a_patch_fits_once_and_names_a_test(patch: Patch) -> None:
    path, _, name = patch.test.partition("::")
    assert (ROOT / patch.file).read_text("utf-8").count(patch.old) == 1
    assert not name or f"def {name.partition('[')[0]}(" in (ROOT / path).read_text("utf-8")


def test_there_are_enough() -> None:
    assert len(PATCHES) >= 25
