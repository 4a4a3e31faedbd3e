"""The declared tables: records → frames → files, and back.

One declaration a table (`columns`) makes the check, the data package and the documentation.
"""

from casework.tables.columns import TABLES, VOCABULARIES
from casework.tables.files import describe_tables, fresh_folder, read_tables, save_tables, write_tables
from casework.tables.frames import Tables, cell, check, frame, make_frames, number_text, table
from casework.tables.links import check_links
from casework.tables.offers import OFFERED, offer_files, offered_files
from casework.tables.publish import check_surfaces, standoff
from casework.tables.schema import Column, Table

__all__ = [
    "OFFERED",
    "TABLES",
    "VOCABULARIES",
    "Column",
    "Table",
    "Tables",
    "cell",
    "check",
    "check_links",
    "check_surfaces",
    "describe_tables",
    "frame",
    "fresh_folder",
    "make_frames",
    "number_text",
    "offer_files",
    "offered_files",
    "read_tables",
    "save_tables",
    "standoff",
    "table",
    "write_tables",
]
