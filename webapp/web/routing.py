"""Parts of addresses."""

from typing import Any

from werkzeug.routing import IntegerConverter, UnicodeConverter

LARGEST_ID = 2**31 - 1  # PostgreSQL's integer; a larger number names nothing and is not asked for in the database


class RowId(IntegerConverter):
    """`<int:...>`: the id of a row. A number no row can have is an unknown address (404)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID} | options)


class Word(UnicodeConverter):
    """`<...>`: a slug, reference or code. One with a control character (PostgreSQL refuses NUL) is an unknown address (404)."""

    regex = r"[^/\x00-\x1f\x7f]+"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.regex = Word.regex
