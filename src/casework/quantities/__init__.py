"""Amounts: the numeral grammar, units, open ends and refusals."""

from casework.quantities.amounts import Amount, find_amounts
from casework.quantities.numerals import Numerals, numerals

__all__ = ["Amount", "Numerals", "find_amounts", "numerals"]
