"""No text makes the work grow faster than itself: every pattern and every public entry is fed its worst case."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import pytest

from casework.articles import split_articles
from casework.claims import extract_claims, find_codings, find_labels
from casework.clean import clean_text
from casework.places import find_places
from casework.quantities import find_amounts

HANG = 30  # seconds for one case, on any machine
SLACK = 8  # four times the text takes four times as long, with room for noise
BRIEF = 0.02  # what is read faster than this at full length cannot be quadratic
PATTERN_SIZE, ENTRY_SIZE = 1500, 1500

UNITS = {
    "digits": "7", "grouped digits": "123,", "decimals": "1.", "spaced digits": "123 ", "ones": "一", "ten thousands": "万", "powers": "十百千万亿", "neighbours": "三四",
    "brackets": "（", "half brackets": "(", "latin in brackets": "(a", "square brackets": "[", "quotes": "“", "straight quotes": '"', "single quotes": "‘",
    "book marks": "《", "listed digits": "1、", "listed words": "青禾、", "one clause": "青禾镇党支部领办合作社流转土地带动农户增收", "one character": "村", "plus": "党支部+",
    "pluses": "+", "blanks": " ", "wide blanks": "　", "line breaks": "\n", "blank lines": " \n", "short lines": "青禾镇\n", "latin": "a", "letters and digits": "a1",
    "entities": "&", "unknown characters": "\ufffd", "question marks": "?", "shifted": "?a", "commas": "，", "colons": "：", "ordinals": "第一", "percents": "百分之", "years": "2020年",
    "ranges": "3亩至", "bars": "|", "dashes": "—", "stops": "。", "no": "不", "surnames": "本报记者", "high bytes": "Ã", "amounts": "带动3户增收5万元", "places": "青禾镇柳湾村",
}

# Patterns that see a piece of at most so many characters; the callers cut it. They are fed that much, over and over.
SHORT = {
    ("casework.clean.cleaners:<module>", r"\d+(?:\.\d+)?(\s?)"): 16,
    ("casework.claims.label_words:_in_quotes", ""): 30,
    ("casework.quantities.grammar:_compile", r"(?:\d{1,9}"): 40,
    ("casework.quantities.grammar:_compile", ".+?(?:"): 60,
    ("casework.quantities.amount:read_number", ""): 60,
    ("casework.quantities.numerals:_ends", ""): 32,
    ("casework.quantities.numerals:_sum", ""): 32,
}
# Patterns of lines are matched at the beginning of one stripped line; what is searched for inside a line is measured with split_articles.
LINE_MODULES = ("casework.articles.",)

COLLECT = """
import json, re, sys
seen, plain = {}, re._compile
def compile(pattern, flags):
    caller = sys._getframe(2)
    name = caller.f_globals.get("__name__", "")
    if name.startswith("casework.") and isinstance(pattern, str):
        seen[pattern, int(flags)] = f"{name}:{caller.f_code.co_name}"
    return plain(pattern, flags)
re._compile = compile
from casework.articles import split_articles
from casework.claims import extract_claims, find_codings, find_labels
from casework.clean import clean_text
from casework.places import find_places
from casework.quantities import find_amounts
for raw in json.load(sys.stdin):
    text, _ = clean_text(raw)
    split_articles(text, published="2023-05-04")
    find_places([text.clean]), find_labels(text.clean), find_codings(text.clean), extract_claims(text.clean, published="2023-05-04")
print(json.dumps([[p, f, where] for (p, f), where in seen.items()]))
"""

SAMPLES = [
    "首页 > 县域\n青禾镇：大棚里的新账本\n本报讯（记者 林小禾）入夏以来，動(dòng)员会开到地头，推行“党支部+合作社+农户”，流转土地1200余亩，预计年增收20余万元。\n“四联四促”让全镇受益，第一书记说：“去年户均增收2300元。”\n图为育苗棚。\n责任编辑：李四 2023-05-04",
    "石泉乡按照一村一策、三步走，组织5个村、15户45人，占三分之二，翻了一番；拟投资3个亿，比上年增长百分之十五，平均每亩节约1.5元&nbsp;?a。",
]


@cache
def patterns() -> list[tuple[str, int, str]]:
    """Every pattern that the package compiles on the way of a text, with the function that compiles it."""
    run = subprocess.run([sys.executable, "-c", COLLECT], input=json.dumps(SAMPLES), capture_output=True, text=True, timeout=120, check=True)
    return [(p, f, where) for p, f, where in json.loads(run.stdout)]


@contextmanager
def no_hang(what: str) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TimeoutError(f"{what}: more than {HANG} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def seconds(work: Callable[[str], Any], text: str, runs: int = 1) -> float:
    took = []
    for _ in range(runs):
        start = time.process_time()
        work(text)
        took.append(time.process_time() - start)
    return min(took)


def growth(work: Callable[[str], Any], unit: str, size: int) -> float:
    """How many times longer four times the text takes; 0 where it is too quick to tell."""
    small, large = (unit * (n // len(unit)) for n in (size, 4 * size))
    took = seconds(work, large)
    if took < BRIEF:
        return 0.0
    ratio = took / max(seconds(work, small), 1e-4)
    # Another's work can spoil a measure: a doubtful one is taken again, the best of three of each.
    return ratio if ratio < SLACK else seconds(work, large, 3) / max(seconds(work, small, 3), 1e-4)


def use(pattern: re.Pattern[str], where: str, text: str) -> None:
    """Apply a pattern as its module does."""
    if where.startswith(LINE_MODULES):
        pattern.match(text.strip())
        pattern.fullmatch(text.strip())
        return
    short = [n for (place, start), n in SHORT.items() if where == place and pattern.pattern.startswith(start)]
    size = short[0] if short else len(text)
    for at in range(0, len(text), size):
        for _ in pattern.finditer(text[at : at + size]):
            pass


def test_patterns_are_found() -> None:
    modules = {where.split(":")[0].split(".")[1] for _, _, where in patterns()}
    assert {"quantities", "clean", "articles", "claims", "places"} <= modules
    assert len(patterns()) > 100


@pytest.mark.parametrize("name", UNITS)
def test_every_pattern_is_linear(name: str) -> None:
    slow = {}
    for source, flags, where in patterns():
        if not re.search(r"[*+}]", source):
            continue  # without a repetition it looks no further than its longest word
        with no_hang(f"{where} on {name}"):
            ratio = growth(partial(use, re.compile(source, flags), where), UNITS[name], PATTERN_SIZE)
        if ratio >= SLACK:
            slow[f"{where} {source[:60]}"] = round(ratio, 1)
    assert slow == {}


def _articles(text: str) -> None:
    split_articles(clean_text(text)[0])


ENTRIES: dict[str, Callable[[str], Any]] = {
    "find_amounts": find_amounts, "find_labels": find_labels, "find_codings": find_codings, "extract_claims": extract_claims,
    "find_places": lambda text: find_places([text]), "clean_text": clean_text, "split_articles": _articles,
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_is_linear(entry: str) -> None:
    ENTRIES[entry](SAMPLES[0])
    slow = {}
    for name, unit in UNITS.items():
        with no_hang(f"{entry} on {name}"):
            ratio = growth(ENTRIES[entry], unit, ENTRY_SIZE)
        if ratio >= SLACK:
            slow[name] = round(ratio, 1)
    assert slow == {}
