"""What a web process does not carry: the libraries of the queue are loaded by who wakes or runs it."""

import subprocess
import sys
from pathlib import Path

CODE = """
import sys
from pathlib import Path
from tests.conftest import make_settings
from webapp import create_app
create_app(make_settings(Path(sys.argv[1]), "sqlite://"))
print(sorted({"huey", "redis"} & set(sys.modules)))
"""


def test_an_application_that_only_reads_loads_no_queue(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
