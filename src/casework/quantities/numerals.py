"""Read numerals: Arabic, Chinese and mixed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from casework.codebook import load_codebook

__all__ = ["Numerals", "numerals"]

LONGEST = 32
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class Numerals:
    """The characters of Chinese numerals and how to read them."""

    digits: dict[str, int]
    powers: dict[str, int]
    point: str
    either: tuple[str, ...]

    def value(self, text: str) -> tuple[Decimal, Decimal] | None:
        """Read a numeral as its lower and upper end; None where it is none.

        The ends differ only where two neighbouring digits stand for either (three or four hundred).

        >>> numerals().value("三四百"), numerals().value("3.5万")
        ((Decimal('300'), Decimal('400')), (Decimal('35000.0'), Decimal('35000.0')))
        """
        if len(text) > LONGEST:
            return None
        text = re.sub(r"[,，\s]", "", text)
        ends = self._decimal(text) if self.point in text else self._ends(text)
        return ends if ends and ends[1] <= LARGEST else None

    def _decimal(self, text: str) -> tuple[Decimal, Decimal] | None:
        """Read a decimal in words, with a power behind it or without: 九十八点五, 一点二亿."""
        whole, _, rest = text.partition(self.point)
        power = rest.lstrip("".join(self.digits))
        places = rest.removesuffix(power)
        head, factor = self._sum(whole), self._sum(power) if power else Decimal(1)
        if head is None or factor is None or not places:
            return None
        value = (head + Decimal("0." + "".join(str(self.digits[c]) for c in places))) * factor
        return value, value

    def _ends(self, text: str) -> tuple[Decimal, Decimal] | None:
        if re.fullmatch(f"[{''.join(self.digits)}]{{3,}}", text):
            whole = Decimal("".join(str(self.digits[c]) for c in text))
            return whole, whole
        either = next((i for i in range(len(text) - 1) if self._neighbours(text[i], text[i + 1])), None)
        if either is None:
            low = high = self._sum(text)
        else:
            low, high = (
                self._sum(text[: either + 1] + text[either + 2 :]),
                self._sum(text[:either] + text[either + 1 :]),
            )
        return None if low is None or high is None else (low, high)

    def _neighbours(self, a: str, b: str) -> bool:
        after = self.digits.get(a, 0) > 0 and self.digits.get(b, 0) - self.digits.get(a, 0) == 1
        return after or a + b in self.either

    def _sum(self, text: str) -> Decimal | None:
        """Add up a numeral: what stands before its largest power is multiplied by it."""
        if not text:
            return None
        if re.fullmatch(r"\d+(?:\.\d+)?", text):
            return Decimal(text)
        if len(text) == 1 and text in self.digits:
            return Decimal(self.digits[text])
        powers = [c for c in text if c in self.powers]
        if not powers:
            return None
        big = max(powers, key=lambda c: self.powers[c])
        at = text.rindex(big)
        left = self._sum(text[:at]) if at else Decimal(1)
        rest = text[at + 1 :]
        if left is None or not rest:
            return left * self.powers[big] if left is not None else None
        return self._add(left * self.powers[big], rest, self.powers[big])

    def _add(self, head: Decimal, rest: str, power: int) -> Decimal | None:
        if self.digits.get(rest[0]) == 0:
            tail = self._sum(rest[1:])
            return head if tail is None and len(rest) == 1 else None if tail is None else head + tail
        if len(rest) == 1 and rest in self.digits and power >= 100:
            # A lone last digit counts the next lower power: 三千二 is 3,200.
            return head + Decimal(self.digits[rest]) * power / 10
        tail = self._sum(rest)
        return None if tail is None or tail >= power else head + tail


@cache
def numerals() -> Numerals:
    """Give the numerals of the built-in codebook."""
    book = load_codebook("quantities")
    return Numerals(dict(book.section("digits")), dict(book.section("powers")), book.section("point"), tuple(book.section("either")))
