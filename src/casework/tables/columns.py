"""The tables of a study, column by column. What stands here is the public format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from casework.tables.schema import Column, Table

__all__ = ["TABLES", "VOCABULARIES"]

VOCABULARIES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "scripts": {"simplified": "simplified characters", "traditional": "traditional characters", "mixed": "both, or neither"},
    "outlet_levels": {
        "central": "a national outlet",
        "provincial": "an outlet of a province",
        "prefecture": "an outlet of a prefecture-level city",
        "county": "an outlet of a county, or of a township or village in it",
        "other": "a portal, a trade paper, or not to be told from the name",
    },
    "authorships": {
        "staff": "the outlet's own reporter",
        "correspondent": "a correspondent of the place, or the county's own outlet: self-reported",
        "agency": "a news agency",
        "unknown": "the page does not say",
    },
    "roles": {
        "headline": "the article's headline",
        "subhead": "a heading inside the article",
        "byline": "who wrote it",
        "body": "the article's own sentences",
        "caption": "the words under a picture",
        "chrome": "navigation, mastheads, source lines, share links",
        "spam": "text that does not belong to the page",
    },
    "levels": {
        "province": "a province, autonomous region or municipality",
        "prefecture": "a prefecture-level city, prefecture, autonomous prefecture or league",
        "county": "a county, district, county-level city or banner",
        "township": "a township, town or subdistrict",
        "village": "a village or neighbourhood",
    },
    "denominators": {
        "year": "a year",
        "month": "a month",
        "week": "a week",
        "day": "a day",
        "mu": "a mu of land",
        "jin": "a jin (500 g)",
        "village": "a village",
        "household": "a household",
        "person": "a person",
        "season": "a season",
    },
    "statistics": {
        "total": "the whole",
        "mean": "an average",
        "maximum": "the highest",
        "minimum": "the lowest",
        "part": "a part of the sum before it",
    },
    "statuses": {"achieved": "reported as fact", "planned": "an aim or a plan", "rule": "a norm or a schedule"},
    "changes": {"increase": "grew by it", "decrease": "shrank by it", "level": "reached it"},
    "indicators": {
        "collective_income": "income of the village collective, its increase, dividends to it",
        "household_income": "income of farmers and villagers, its increase, wages, dividends to households",
        "output_value": "output value, yield of a mu in money, business revenue",
        "jobs": "jobs created, people employed",
        "funding": "investment, subsidies, funds, loans",
        "land_area": "land transferred, planted or built on",
        "production": "output, yield, stock, capacity",
        "price_cost": "prices, costs, rents, savings",
        "organisations": "enterprises, cooperatives, party branches and the like, counted",
        "facilities": "greenhouses, workshops, centres, buildings, machines",
        "people": "persons, households, members, officials counted for another reason",
        "activities": "meetings, visits, cases handled, proposals, services",
        "projects": "projects, programmes, industrial parks",
        "places": "villages, townships, counties, sites counted",
        "proportion": "shares and rates",
        "other": "anything else",
    },
    "voices": {"reporter": "the reporter's own words", "quoted": "in quotation marks or after a speaker"},
    "label_kinds": {"slogan": "a named formula with a number in it", "model": "an organisational formula joined by +"},
})

_SOURCE = Column("source_id", "id", "The source: s and 16 hex digits of the SHA-256 of its bytes.", required=True)
_ARTICLE = Column("article_id", "id", "The article it stands in; empty for what belongs to no article.")
_CASE = Column("case_id", "id", "The case (article and place) it belongs to; empty where no place is in focus.")
_PASSAGE = Column("passage_id", "id", "The passage it stands in.", required=True)
_START = Column("start", "integer", "First character, counted from 0 in the raw text.", required=True)
_END = Column("end", "integer", "The character after the last, counted from 0 in the raw text.", required=True)
_SURFACE = Column("surface", "text", "The raw characters themselves, slices of several spans joined.", words="short")
_SPANS = Column("spans", "spans", "All raw stretches in reading order; more than one only across a seam.", required=True)
_PLACE_CODE = Column("place_code", "place_code", "Statistical code, padded with zeros to 6 digits; x… for a study's own places.")
_PLACE = Column("place", "place", "Path of official names, as deep as the text supports.")
_WHERE = (_SOURCE, _ARTICLE, _CASE, _PASSAGE, _START, _END, _SURFACE)
_RULE = Column("rule", "text", "The rule that found it.", required=True)
_FLAGS = Column("flags", "list", "Doubts and marks, such as copy, corrected, place_guessed.")

SOURCES = Table(
    "sources", "The files a study was read from, one row a text.", ("source_id",), ("file",),
    (
        _SOURCE,
        Column("file", "text", "Path in the raw folder; for a record, its file, # and its number from 1.", required=True),
        Column("sha256", "sha256", "SHA-256 of the file's bytes, or of a record's canonical row.", required=True),
        Column("bytes", "integer", "Size in bytes.", required=True),
        Column("encoding", "text", "The codec that gives the text back from the bytes; else pdf, docx or parquet.", required=True),
        Column("chars", "integer", "Characters (code points) of the raw text.", required=True),
        Column("script", "code", "The script the text is written in.", codes="scripts"),
        Column("outlet", "text", "Who published it."),
        Column("outlet_level", "code", "The level of the outlet.", codes="outlet_levels"),
        Column("published", "date", "Date of publication."),
        Column("url", "text", "Where it was found."),
        Column("licence", "text", "Terms under which the text may be used."),
        Column("collected", "text", "When the text was collected."),
        Column("query", "text", "The search that found the text."),
    ),
)
EDITS = Table(
    "edits", "What was changed in the raw text: replayed on it, the rows give the clean text in file order.",
    ("source_id", "start"), ("start", "end"),
    (
        _SOURCE, _START, _END, _RULE,
        Column("raw", "text", "The raw characters.", words="running"),
        Column("new", "text", "What stands in their place; empty where they were dropped.", words="running"),
    ),
)
ARTICLES = Table(
    "articles", "The articles found in the sources.", ("article_id",), ("spans",),
    (
        Column("article_id", "id", "The article: <source_id>:a<start>.", required=True),
        _SOURCE, _SPANS,
        Column("headline", "text", "The headline, clean.", words="running"),
        Column("outlet", "text", "The outlet named by the article, else by the manifest."),
        Column("published", "date", "Date of publication."),
        Column("bylines", "list", "Names of the authors.", words="short"),
        Column("authorship", "code", "Whose report it is.", required=True, codes="authorships"),
        Column("chars", "integer", "Characters of its clean text.", required=True),
        Column("copy_of", "id", "The first article of its cluster of copies; empty for originals."),
    ),
)
PASSAGES = Table(
    "passages", "The stretches of text: those of a source partition it, white space between them aside.",
    ("passage_id",), ("seq", "spans"),
    (
        Column("passage_id", "id", "The passage: <source_id>:p<start>.", required=True),
        _SOURCE, _ARTICLE, _CASE,
        Column("seq", "integer", "Place in the reading order of its source.", required=True),
        Column("role", "code", "What the passage is on its page.", required=True, codes="roles"),
        _SPANS,
        Column("text", "text", "The clean text.", words="running"),
    ),
)
CASES = Table(
    "cases", "One row an article and place, at the most specific level.", ("case_id",), ("spans",),
    (
        Column("case_id", "id", "The case: <source_id>:k<start>.", required=True),
        Column("article_id", "id", "The article it stands in.", required=True),
        _SOURCE, _PLACE_CODE, _PLACE,
        Column("level", "code", "Level of the place.", codes="levels"),
        _SPANS,
        Column("chars", "integer", "Characters of its clean text.", required=True),
    ),
)
PLACES = Table(
    "places", "Every mention of a place.", ("source_id", "start", "end", "place"), ("start", "end", "place"),
    (
        _SOURCE, _PASSAGE, _CASE, _START, _END, _SURFACE, _PLACE_CODE, _PLACE,
        Column("level", "code", "Level of the place.", codes="levels"),
        Column("how", "text", "The evidence by which it was settled."),
        _FLAGS, _SPANS,
    ),
)
CLAIMS = Table(
    "claims", "Every amount that the texts state.", ("claim_id",), ("start", "end"),
    (
        Column("claim_id", "id", "The claim: <source_id>:<start>-<end>.", required=True),
        *_WHERE,
        Column("low", "number", "Lower end in the unit; empty = open."),
        Column("high", "number", "Upper end in the unit; empty = open."),
        Column("unit", "unit", "What the amount counts.", required=True),
        Column("approx", "flag", "Whether the text says about, some or the like.", required=True),
        Column("per", "codes", "Denominators the text states.", codes="denominators"),
        Column("statistic", "code", "What kind of figure it is.", codes="statistics"),
        Column("status", "code", "Whether reported as done, planned, or a norm: as reported.", codes="statuses"),
        Column("change", "code", "Whether it grew or shrank by the amount, or reached it.", codes="changes"),
        Column("period", "period", "The time it is about."),
        Column("indicator", "code", "What the amount measures.", codes="indicators"),
        Column("about", "text", "The words it is said of.", words="short"),
        Column("voice", "code", "Who says it.", codes="voices"),
        _PLACE_CODE, _PLACE,
        Column("base_low", "number", "Lower end in the base unit."),
        Column("base_high", "number", "Upper end in the base unit."),
        Column("base_unit", "unit", "Base unit (yuan, m2, kg, m, percent, count …)."),
        _RULE, _FLAGS, _SPANS,
    ),
)
LABELS = Table(
    "labels", "Slogans and organisational models.", ("label_id",), ("start", "end"),
    (
        Column("label_id", "id", "The label: <source_id>:<start>-<end>.", required=True),
        *_WHERE,
        Column("kind", "code", "Slogan or model.", required=True, codes="label_kinds"),
        Column("members", "list", "The members of a model, in order.", words="short"),
        _SPANS,
    ),
)
CODINGS = Table(
    "codings", "Mechanisms found by the codebook.", ("coding_id",), ("start", "end", "code"),
    (
        Column("coding_id", "id", "The coding: <source_id>:<start>-<end>:<code>.", required=True),
        *_WHERE,
        Column("code", "text", "The mechanism's code in the study's codebook.", required=True),
        _RULE, _SPANS,
    ),
)
PROBLEMS = Table(
    "problems", "What was odd in the input and did not stop the work.", (), ("start", "end", "code", "message"),
    (
        Column("source_id", "id", "The source; empty for a file that could not be read."),
        Column("start", "integer", "First character meant; empty = the whole source."),
        Column("end", "integer", "The character after the last; empty = the whole source."),
        Column("code", "code", "What kind of problem.", required=True),
        Column("message", "text", "What is wrong, where, and what would do.", required=True),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {t.name: t for t in (SOURCES, EDITS, ARTICLES, PASSAGES, CASES, PLACES, CLAIMS, LABELS, CODINGS, PROBLEMS)}
)
