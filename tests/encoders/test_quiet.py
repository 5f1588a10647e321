from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import broadsheet.encoders
from broadsheet.encoders import quiet

FOLDER = Path(broadsheet.encoders.__file__).parent


def test_openvino_is_imported_in_one_place() -> None:
    for path in FOLDER.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert path.name == "quiet.py" or not any(n.split(".")[0] == "openvino" for n in names), path


def test_without_openvino_the_way_out_is_static() -> None:
    code = """
import sys
sys.modules["openvino"] = None
from broadsheet.core.errors import ModelError
from broadsheet.encoders.quiet import core
try:
    core()
except ModelError as error:
    assert "static" in str(error) and "Intel" in str(error), error
    sys.exit(0)
sys.exit(1)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_openvino_loads_late_once_and_without_its_tools() -> None:
    code = """
import sys
from broadsheet.encoders.quiet import core, op, ov
assert "openvino" not in sys.modules
first = core()
assert core() is first
assert ov.Core is ov.Core and op.parameter
assert not [name for name in sys.modules if name.startswith(("openvino.tools", "openvino_telemetry"))]
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert vars(quiet.ov)["_module"] == "openvino"
