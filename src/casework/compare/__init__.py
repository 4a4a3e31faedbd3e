"""Compare cases: frames in, frames out; docs/method.md says what each figure means."""

from casework.compare.account import character_account, flow_counts
from casework.compare.codes import code_examples, code_table, value_table
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
from casework.compare.groups import attribute_table, case_attributes, case_groups, group_differences
from casework.compare.indicators import LIKE, across_cases, case_values, indicator_table
from casework.compare.labels import member_role, model_members, model_table, slogan_table
from casework.compare.language import concordance, cut_words, keyness, passages_of, text_groups
from casework.compare.matrix import case_matrix
from casework.compare.mechanisms import mechanism_states, mechanism_table, state_matrix
from casework.compare.robustness import FINDINGS, VARIANTS, robustness, variant_sizes
from casework.compare.rollup import LEVELS, RolledUp, place_name, roll_up
from casework.compare.timeline import contradictions, periods, publication_dates
from casework.compare.together import Correspondence, case_distances, case_order, cooccurrence, correspondence

__all__ = [
    "FINDINGS",
    "LEVELS",
    "LIKE",
    "VARIANTS",
    "Correspondence",
    "RolledUp",
    "across_cases",
    "attribute_table",
    "bootstrap_median",
    "case_attributes",
    "case_distances",
    "case_groups",
    "case_matrix",
    "case_order",
    "case_values",
    "character_account",
    "code_examples",
    "code_table",
    "concordance",
    "contradictions",
    "cooccurrence",
    "correspondence",
    "cut_words",
    "flow_counts",
    "garwood",
    "group_differences",
    "indicator_table",
    "keyness",
    "log_likelihood",
    "log_ratio",
    "mechanism_states",
    "mechanism_table",
    "member_role",
    "model_members",
    "model_table",
    "open_median",
    "passages_of",
    "periods",
    "place_name",
    "publication_dates",
    "resampled_share",
    "robustness",
    "roll_up",
    "rounded",
    "simple_maths",
    "slogan_table",
    "state_matrix",
    "text_groups",
    "value_table",
    "variant_sizes",
    "wilson",
]
