"""Claims, labels and codings: what is said about a case."""

from casework.claims.claim import Claim, extract_claims, mark_restated
from casework.claims.codings import Coding, find_codings, load_mechanisms
from casework.claims.labels import Label, find_labels
from casework.claims.mechanisms import Mechanisms
from casework.claims.where import Scene

__all__ = [
    "Claim",
    "Coding",
    "Label",
    "Mechanisms",
    "Scene",
    "extract_claims",
    "find_codings",
    "find_labels",
    "load_mechanisms",
    "mark_restated",
]
