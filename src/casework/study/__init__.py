"""A study: its YAML file, the lists kept beside it, and the template of a new one."""

from casework.study.lists import Attribute, Correction, read_attributes, read_corrections
from casework.study.load import Author, ReportSpec, Study, load_study
from casework.study.template import init_study

__all__ = [
    "Attribute",
    "Author",
    "Correction",
    "ReportSpec",
    "Study",
    "init_study",
    "load_study",
    "read_attributes",
    "read_corrections",
]
