"""Proof: a study made again and compared file by file; two table folders compared; a study packed to be made again elsewhere."""

from casework.verify.check import verify_study
from casework.verify.finding import STATES, Finding, Verdict

__all__ = ["STATES", "Finding", "Verdict", "verify_study"]
