"""Claims, labels and codings: what is said about a case."""

from casework.claims.claim import Claim, extract_claims, mark_restated
from casework.claims.labels import Label, find_labels

__all__ = ["Claim", "Label", "extract_claims", "find_labels", "mark_restated"]
