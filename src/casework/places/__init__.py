"""Places: a gazetteer of administrative divisions, and the mentions of places in an article."""

from casework.places.extra import load_gazetteer
from casework.places.find import Mention, find_places, focus
from casework.places.gazetteer import Gazetteer, Place, holder, same_or_within

__all__ = ["Gazetteer", "Mention", "Place", "find_places", "focus", "holder", "load_gazetteer", "same_or_within"]
