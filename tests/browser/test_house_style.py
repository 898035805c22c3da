"""Every component in every state, as the style page shows them: no fault, no overflow, accessible."""

import pytest

from tests.support import axe

pytestmark = pytest.mark.browser


def test_style_page(page, screenshot):
    page.goto("/dev/style")
    screenshot("all")
    axe.assert_accessible(page)
