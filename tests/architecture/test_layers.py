import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration


def test_imports_point_down() -> None:
    # In a process of its own: it switches off all loggers that it does not know.
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    completed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout
