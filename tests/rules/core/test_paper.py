"""Type on paper: other scripts in a face that has them, right-to-left ones in the order of sight."""

import pytest

from webapp.core import paper


@pytest.mark.parametrize(("typed", "drawn"), [
    ("שלום", "םולש"),
    ("محمد", "ﺪﻤﺤﻣ"),  # final, medial, medial, initial
    ("علي", "ﻲﻠﻋ"),
    ("سلام", "ﻡﻼﺳ"),  # lam and alef are one letter
    ("دار", "ﺭﺍﺩ"),  # letters that join to nothing after them
])
def test_right_to_left(typed, drawn):
    assert paper.right_to_left(typed) == drawn


def test_words_of_one_right_to_left_name_keep_their_order():
    assert paper.readable("שרה לוי") == '<font name="Attune-More">יול הרש</font>'


def test_latin_stays_as_it_is():
    assert paper.readable("Zoë O’Neill – “Ana”") == "Zoë O’Neill – “Ana”"


@pytest.mark.parametrize(("typed", "face"), [
    ("Анна", "Attune-More"), ("李小龙", "STSong-Light"), ("김민수", "HYSMyeongJo-Medium"), ("🌿", "Attune-More")])
def test_a_script_is_set_in_a_face_that_has_it(typed, face):
    assert paper.readable(f"A {typed}") == f'A <font name="{face}">{typed}</font>'
