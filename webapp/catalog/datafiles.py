"""The data files that come with the catalog (`catalog/data/`), read once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "data"


@cache
def read(name: str) -> Any:
    """The content of a JSON file by its name in `catalog/data`. Callers must not change what they get."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
