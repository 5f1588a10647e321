"""A clock that stands still: it takes the place of ``datetime.datetime`` before anything else is imported.

As a program it runs one command at a moment: ``python stopped_clock.py 2026-03-03T09:00:00+00:00 digest send``.
"""

from __future__ import annotations

import datetime as module
import sys
from typing import Any

_REAL = module.datetime


class _Either(type):
    """Lets moments that were made before, or in C, pass for moments of the stopped clock."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _REAL)


class Stopped(_REAL, metaclass=_Either):
    """``datetime`` whose ``now`` is ``at``."""

    at = _REAL(2026, 1, 1, tzinfo=module.UTC)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """The moment at which the clock stands."""
        moment = cls.at.astimezone(tz)
        return moment if tz else moment.replace(tzinfo=None)


def stop(moment: str) -> None:
    """Set the clock to an ISO moment with its zone, and put it in the place of the real one."""
    Stopped.at = _REAL.fromisoformat(moment)
    module.datetime = Stopped  # type: ignore[misc]


if __name__ == "__main__":
    stop(sys.argv[1])
    from broadsheet.cli import main

    sys.argv = ["broadsheet", *sys.argv[2:]]
    main()
