"""Compare cases: frames in, frames out; docs/method.md says what each figure means."""

from casework.compare.account import character_account, flow_counts
from casework.compare.formulas import (
    bootstrap_median,
    garwood,
    log_likelihood,
    log_ratio,
    open_median,
    resampled_share,
    rounded,
    simple_maths,
    wilson,
)
from casework.compare.indicators import LIKE, across_cases, case_values, indicator_table
from casework.compare.labels import member_role, model_members, model_table, slogan_table
from casework.compare.language import concordance, cut_words, keyness
from casework.compare.matrix import case_matrix
from casework.compare.mechanisms import mechanism_table, state_matrix
from casework.compare.rollup import LEVELS, RolledUp, place_name, roll_up
from casework.compare.timeline import contradictions, periods, publication_dates
from casework.compare.together import Correspondence, case_distances, case_order, cooccurrence, correspondence

__all__ = [
    "LEVELS",
    "LIKE",
    "Correspondence",
    "RolledUp",
    "across_cases",
    "bootstrap_median",
    "case_distances",
    "case_matrix",
    "case_order",
    "case_values",
    "character_account",
    "concordance",
    "contradictions",
    "cooccurrence",
    "correspondence",
    "cut_words",
    "flow_counts",
    "garwood",
    "indicator_table",
    "keyness",
    "log_likelihood",
    "log_ratio",
    "mechanism_table",
    "member_role",
    "model_members",
    "model_table",
    "open_median",
    "periods",
    "place_name",
    "publication_dates",
    "resampled_share",
    "roll_up",
    "rounded",
    "simple_maths",
    "slogan_table",
    "state_matrix",
    "wilson",
]
