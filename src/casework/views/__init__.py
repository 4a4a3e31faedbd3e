"""HTML of texts with their spans, and of tables; everything that came from a raw text is escaped."""

from casework.views.amounts import amount_text, number_text
from casework.views.book import show_codebook, show_values_used
from casework.views.claims import show_claims
from casework.views.compared import show_compared
from casework.views.findings import (
    mechanism_families,
    mechanism_names,
    show_concordance,
    show_contradictions,
    show_cooccurrence,
    show_groups,
    show_key_figures,
    show_keyness,
    show_labels,
    show_mechanisms,
    show_problems,
    show_too_coarse,
    show_values,
)
from casework.views.left_out import show_left_out
from casework.views.links import anchor, case_pages, evidence_href, link_to
from casework.views.marks import Mark, mark_html
from casework.views.parsed import parsed_html
from casework.views.quotes import CROWDED, share_out
from casework.views.reading import Reading, gather_readings, where
from casework.views.robust import show_changes, show_robustness, show_sizes
from casework.views.tables import Html, safe_href, show_file, show_table, table_html
from casework.views.texts import PUBLISH, claims_html, legend_html, raw_html, text_html
from casework.views.words import LANGUAGES, Words, load_words

__all__ = [
    "CROWDED",
    "LANGUAGES",
    "PUBLISH",
    "Html",
    "Mark",
    "Reading",
    "Words",
    "amount_text",
    "anchor",
    "case_pages",
    "claims_html",
    "evidence_href",
    "gather_readings",
    "legend_html",
    "link_to",
    "load_words",
    "mark_html",
    "mechanism_families",
    "mechanism_names",
    "number_text",
    "parsed_html",
    "raw_html",
    "safe_href",
    "share_out",
    "show_changes",
    "show_claims",
    "show_codebook",
    "show_compared",
    "show_concordance",
    "show_contradictions",
    "show_cooccurrence",
    "show_file",
    "show_groups",
    "show_key_figures",
    "show_keyness",
    "show_labels",
    "show_left_out",
    "show_mechanisms",
    "show_problems",
    "show_robustness",
    "show_sizes",
    "show_table",
    "show_too_coarse",
    "show_values",
    "show_values_used",
    "table_html",
    "text_html",
    "where",
]
