"""Proof: a study made again and compared file by file; two table folders compared; a study packed to be made again elsewhere."""

from casework.verify.archive import write_archive
from casework.verify.check import verify_study
from casework.verify.diff import Change, Move, TablesDiff, diff_tables
from casework.verify.diff_page import diff_page
from casework.verify.finding import STATES, Finding, Verdict

__all__ = ["STATES", "Change", "Finding", "Move", "TablesDiff", "Verdict", "diff_page", "diff_tables", "verify_study", "write_archive"]
