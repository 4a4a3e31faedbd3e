"""Units and classifiers of the codebook `quantities`, and the company in which some of them are none."""

from __future__ import annotations

from dataclasses import dataclass

from casework.codebook import Codebook

__all__ = ["Guard", "Unit", "read_guards", "read_units"]


@dataclass(frozen=True, slots=True)
class Unit:
    """What an amount counts: its code, dimension, and the factors to unit and base."""

    code: str
    dimension: str
    base: str
    factor: float
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Guard:
    """The company in which a surface is a unit."""

    never: bool = False
    digits: bool = False
    after: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()

    def allows(self, text: str, start: int, unit_end: int, in_digits: bool) -> bool:
        """Tell whether the unit that ends at `unit_end`, of an amount from `start`, may stand there."""
        head, tail = text[max(0, start - 4) : start], text[unit_end : unit_end + 4]
        if (
            self.never
            or self.not_before
            and tail.startswith(self.not_before)
            or self.not_after
            and head.endswith(self.not_after)
        ):
            return False
        if self.digits and not in_digits or self.after and not self.digits:
            return bool(self.after) and head.endswith(self.after)
        return not self.before or tail.startswith(self.before)


def read_units(book: Codebook) -> dict[str, Unit]:
    """Read the units of measure and the classifiers, by each of their surfaces."""
    units: dict[str, Unit] = {c: Unit(f"count:{c}", "count", "count", 1.0) for c in book.terms("classifiers")}
    units |= {written: Unit(f"count:{c}", "count", "count", 1.0) for written, c in book.section("written_also").items()}
    plain: dict[str, Unit] = {}
    for code, entry in book.section("units").items():
        book.check_keys(entry, f"unit '{code}'", ("surfaces", "dimension", "base", "factor"))
        plain[code] = Unit(code, entry["dimension"], entry["base"], float(entry["factor"]))
        units |= dict.fromkeys(entry["surfaces"], plain[code])
    for surface, entry in book.section("converted").items():
        u = plain[entry["unit"]]
        units[surface] = Unit(u.code, u.dimension, u.base, u.factor, float(entry["times"]))
    return units


def read_guards(book: Codebook) -> dict[str, Guard]:
    """Read what company each guarded surface asks for."""
    lists = ("after", "not_after", "before", "not_before")
    guards = {}
    for surface, entry in book.section("guarded").items():
        book.check_keys(entry, f"guard of '{surface}'", (), ("never", "digits", *lists))
        guards[surface] = Guard(
            bool(entry.get("never")), bool(entry.get("digits")), *(tuple(entry.get(k, ())) for k in lists)
        )
    return guards
