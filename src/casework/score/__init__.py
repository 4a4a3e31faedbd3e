"""Tables against gold: what was found, what was right, what was missed, and how sure that is.

A claim and a gold quantity match when their raw spans overlap and low, high and unit are equal; each is used once, the largest
overlap first. What else a claim says (per, status, indicator, place …) is judged over those value matches. Where a gold entry
lists several answers, any of them is right. Intervals come from resampling whole files, since errors cluster in a text.
"""

from casework.score.codes import score_codes
from casework.score.count import Miss
from casework.score.gold import Gold, load_gold
from casework.score.measures import Measure, Score, score_tables
from casework.score.show import score_json, score_lines

__all__ = ["Gold", "Measure", "Miss", "Score", "load_gold", "score_codes", "score_json", "score_lines", "score_tables"]
