"""OpenVINO without its telemetry. Take ``ov`` and ``op`` from here; never import the library by its own name.

Importing ``openvino`` imports ``openvino.tools``, which reports the import to its makers. It is kept out while the
library loads; nothing here needs it, and a third of the loading time goes with it. The library loads when ``ov`` or
``op`` is first used; ModelError if it is not installed.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import Any

from broadsheet.core.errors import ModelError


class _Late:
    """A module of OpenVINO, loaded when it is first used."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(_loaded(self._module), name)
        setattr(self, name, found)  # the next time it is here
        return found


ov: Any = _Late("openvino")
op: Any = _Late("openvino.opset13")


@cache
def _loaded(module: str) -> Any:
    blocked = [name for name in ("openvino.tools", "openvino_telemetry") if name not in sys.modules]
    for name in blocked:
        sys.modules[name] = None  # type: ignore[assignment]  # makes an import of the name fail, which is foreseen
    try:
        return import_module(module)
    except ImportError as error:
        way_out = "Use the encoder static, or st:NAME with broadsheet[torch]."
        raise ModelError(
            f"OpenVINO is not installed ({error}); it does not run on Macs with Intel processors. {way_out}"
        ) from None
    finally:
        for name in blocked:
            sys.modules.pop(name, None)


@cache
def core() -> Any:
    """Return the one Core of this process, which is never released.

    A Core gives the thread that begins it a stack for signals, and whichever thread ends it frees that stack: a signal
    that comes afterwards, such as Ctrl-C, would crash the process.
    """
    return ov.Core()
