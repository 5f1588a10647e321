"""OpenVINO without its telemetry. Take ``ov`` and ``op`` from here; never import the library by its own name.

Importing ``openvino`` imports ``openvino.tools``, which reports the import to its makers. It is kept out while the
library loads; nothing here needs it, and a third of the loading time goes with it.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from broadsheet.core.errors import ModelError

_KEPT_OUT = [name for name in ("openvino.tools", "openvino_telemetry") if name not in sys.modules]

for _name in _KEPT_OUT:
    sys.modules[_name] = None  # type: ignore[assignment]  # makes an import of the name fail, which is foreseen
try:
    import openvino
    from openvino import opset13
except ImportError as error:
    way_out = "Use the encoder static, or st:NAME with broadsheet[torch]."
    raise ModelError(f"OpenVINO is not here ({error}); Macs with Intel processors have none. {way_out}") from None
finally:
    for _name in _KEPT_OUT:
        sys.modules.pop(_name, None)

ov: Any = openvino
op: Any = opset13


@cache
def core() -> Any:
    """The one Core of this process, which is never let go.

    A Core gives the thread that begins it a stack for signals, and whichever thread ends it frees that stack: a signal
    that comes afterwards, such as Ctrl-C, would crash the process.
    """
    return ov.Core()
