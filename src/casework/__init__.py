"""Messy Chinese local-press texts in, a comparative case study out."""

__version__ = "0.1.0"
