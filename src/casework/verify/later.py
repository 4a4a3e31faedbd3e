"""A clock that runs some years ahead, for a kernel: what prints the day or the time gives itself away."""

from __future__ import annotations

import datetime
import time
from typing import Any

__all__ = ["move_clock"]

AHEAD = 1_234 * 86_400 + 5 * 3_600 + 678


def move_clock() -> None:
    """Shift what tells the day in this process by some years; what measures time goes on as it is.

    Libraries in C that are loaded hold on to the real types, so this is for after they are imported, and what they ask the
    system themselves stays today.
    """
    _move_datetime()
    _move_time()


def _move_time() -> None:
    real = {n: getattr(time, n) for n in ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime")}
    moved = {
        "time": lambda: real["time"]() + AHEAD,
        "time_ns": lambda: real["time_ns"]() + AHEAD * 10**9,
        "localtime": lambda secs=None: real["localtime"](time.time() if secs is None else secs),
        "gmtime": lambda secs=None: real["gmtime"](time.time() if secs is None else secs),
        "ctime": lambda secs=None: real["ctime"](time.time() if secs is None else secs),
        "asctime": lambda t=None: real["asctime"](time.localtime() if t is None else t),
        "strftime": lambda form, t=None: real["strftime"](form, time.localtime() if t is None else t),
    }
    for name, function in moved.items():
        setattr(time, name, function)


def _move_datetime() -> None:
    now, real_date, real = datetime.datetime.now, datetime.date, datetime.datetime
    ahead = datetime.timedelta(seconds=AHEAD)

    class Kind(type):
        """Counts what was made before, or by C code, as ours, too."""

        def __instancecheck__(cls, instance: object) -> bool:
            return type.__instancecheck__(kinds.get(cls, cls), instance)

        def __subclasscheck__(cls, other: type) -> bool:
            return type.__subclasscheck__(kinds.get(cls, cls), other)

    def today(cls: Any) -> Any:
        return now() + ahead

    date = Kind("date", (real_date,), {"__slots__": (), "today": classmethod(lambda cls: (now() + ahead).date())})
    later = Kind("datetime", (real,), {
        "__slots__": (), "today": classmethod(today), "now": classmethod(lambda cls, tz=None: now(tz) + ahead),
        "utcnow": classmethod(lambda cls: now(datetime.UTC).replace(tzinfo=None) + ahead),
    })  # fmt: skip
    kinds: dict[type, type] = {date: real_date, later: real}
    for name, kind in (("date", date), ("datetime", later)):
        setattr(datetime, name, kind)
