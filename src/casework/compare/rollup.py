"""Cases at one level: places brought to the level asked for, copies counted once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from casework.codebook import did_you_mean
from casework.compare.clean import clean_surfaces
from casework.compare.counted import counted_articles, counted_claims
from casework.tables import Tables
from casework.text import CaseworkError, parse_spans

__all__ = ["LEVELS", "RolledUp", "place_name", "roll_up"]

LEVELS = ("province", "prefecture", "county", "township", "village")
_CODE_DIGITS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}


@dataclass(frozen=True, repr=False)
class RolledUp:
    """The tables of a study seen at one level; in every frame `case` is the place's path, `name` its short name.

    `cases`: case, name, place_code, articles, sources, self_reported, passages, body_passages, chars (of body), case_ids.
    `passages`, `codings`, `labels`, `claims`: the rows of the tables that belong to a case, `case` and `name` in front; passages
    also have chars, prose (the text without place names), published, outlet, outlet_level, authorship, labels `clean` (their
    words as repaired), and a claim that only sorts the statistic `threshold`. `left_out`: the claims that count and are of no case, with
    `why`; `case` is the place at the level that no text is on, or empty. `too_coarse`: what could not be brought to the level,
    of `stretches` of text on a place. `articles`: those that count, on a case or not.
    """

    level: str
    cases: pd.DataFrame
    articles: pd.DataFrame
    passages: pd.DataFrame
    codings: pd.DataFrame
    labels: pd.DataFrame
    claims: pd.DataFrame
    left_out: pd.DataFrame
    too_coarse: pd.DataFrame
    stretches: int = 0

    def __repr__(self) -> str:
        shown = ("cases", "articles", "passages", "codings", "labels", "claims", "left_out", "too_coarse")
        parts = {n: len(getattr(self, n)) for n in shown}
        return f"<RolledUp to the {self.level}: {', '.join(f'{n} {name}' for name, n in parts.items())}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.cases.drop(columns='case_ids').to_html(index=False, border=0)}"


def place_name(path: str) -> str:
    """Give the last name of a path.

    >>> place_name("云溪县/青禾镇")
    '青禾镇'
    """
    return path.rsplit("/", 1)[-1]


class _Ladder:
    """Brings a place to a level, by its path and by what the tables know of it."""

    def __init__(self, tables: Tables, level: str) -> None:
        self.level = level
        known = pd.concat([t[["place", "place_code", "level"]] for t in (tables.cases, tables.places)])
        rows = known[known["place"] != ""].drop_duplicates("place")
        self._code: dict[str, str] = {p: c for p, c in zip(rows["place"], rows["place_code"], strict=True) if c}
        self._level: dict[str, str] = {p: v for p, v in zip(rows["place"], rows["level"], strict=True) if v}

    def level_of(self, place: str, code: str) -> str:
        """Give the level of a place, from the tables, else from its code."""
        if place in self._level:
            return self._level[place]
        if code.isdigit():
            if len(code) > 6:
                return "township" if len(code) == 9 else "village"
            return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"
        return ""

    def climb(self, place: str, code: str) -> tuple[str, str]:
        """Give path and code of the place at the level, or why that cannot be as ("", reason)."""
        level = self.level_of(place, code)
        if not place or not level:
            return "", "no place" if not place else "level unknown"
        steps = LEVELS.index(level) - LEVELS.index(self.level)
        if steps < 0:
            return "", f"only known to the {level}"
        parts = place.split("/")
        path = "/".join(parts[: max(0, len(parts) - steps)])
        # A village named right under its county has no township to stand for.
        if not path or self._level.get(path, self.level) != self.level:
            return "", f"its path names no {self.level}"
        return path, self._code_at(path, code, steps)

    def _code_at(self, path: str, code: str, steps: int) -> str:
        own = code if steps == 0 else self._code.get(path, "")
        if own and (not own.isdigit() or len(own) >= _CODE_DIGITS[self.level]):
            return own
        # The code of a county, given to a place in it that no gazetteer knows, is not that place's.
        if not code.isdigit() or len(code) < _CODE_DIGITS[self.level]:
            return ""
        return code[: _CODE_DIGITS[self.level]].ljust(6, "0")


def roll_up(
    tables: Tables,
    level: str = "township",
    *,
    copies: bool = False,
    self_reported: bool = True,
    quoted: bool = True,
    flagged: bool = True,
    min_chars: int = 0,
    since: str = "",
    until: str = "",
    outlets: Sequence[str] = (),
) -> RolledUp:
    """Merge a study's cases into one case a place at `level`.

    A copy of an article is left out unless `copies`; `self_reported=False` leaves out articles by
    correspondents of the place itself, `quoted=False` claims in quotation marks, `flagged=False` claims
    with a doubt; `min_chars` leaves out cases with fewer body characters; `since`, `until` (a year, month or day, both
    included) and `outlets` (names, or levels such as county) choose articles. A claim belongs to the place it is
    about; where that is coarser than the level, or no text is on it, it belongs to no case (`left_out`). Restated claims count once.
    Stand-off tables have no text: there the characters are counted by spans, repaired noise included.
    """
    if level not in LEVELS:
        raise CaseworkError(f"no level '{level}'{did_you_mean(level, LEVELS)}")
    ladder = _Ladder(tables, level)
    articles = counted_articles(tables, copies=copies, self_reported=self_reported, since=since, until=until, outlets=outlets)
    kept = tables.cases[tables.cases["article_id"].isin(set(articles["article_id"]))]
    up = {r["case_id"]: ladder.climb(r["place"], r["place_code"]) for r in kept.to_dict("records")}
    passages = _passages(tables, articles, {k: v[0] for k, v in up.items() if v[0]})
    every = _cases(kept, articles, passages, up)
    cases = every[every["chars"] >= min_chars].reset_index(drop=True)
    names = dict(zip(cases["case"], cases["name"], strict=True))
    placed = {k: v[0] for k, v in up.items() if v[0] in names}
    body = set(passages.loc[passages["role"] == "body", "passage_id"])
    claims = tables.claims[tables.claims["article_id"].isin(set(articles["article_id"]))]
    claims = counted_claims(claims, ladder.climb, up, quoted, flagged)
    return RolledUp(
        level=level,
        cases=cases,
        articles=articles,
        passages=_named(passages, names),
        codings=_named(_with_case(tables.codings[tables.codings["passage_id"].isin(body)], placed), names),
        labels=_named(_with_case(tables.labels.assign(clean=clean_surfaces(tables.labels, tables.edits)), placed), names),
        claims=_named(claims.drop(columns="why"), names),
        left_out=_left_out(claims, names, set(every["case"])),
        too_coarse=_too_coarse(kept, up),
        stretches=len(kept),
    )


def _length(text: str, spans: str) -> int:
    return len(text) if text else sum(s.end - s.start for s in parse_spans(spans))


def _passages(tables: Tables, articles: pd.DataFrame, placed: Mapping[str, str]) -> pd.DataFrame:
    out = _with_case(tables.passages, placed)
    out["chars"] = [_length(t, s) for t, s in zip(out["text"], out["spans"], strict=True)]
    out["prose"] = _without_names(out["text"], tables)
    about = articles[["article_id", "published", "outlet", "outlet_level", "authorship"]]
    return out.merge(about, on="article_id", how="left")


def _without_names(texts: pd.Series[str], tables: Tables) -> list[str]:
    """Put a blank for each place name: where a text is from must not count as how it speaks."""
    surfaces = {s for s in (*tables.places["surface"], *tables.cases["place"].map(place_name)) if len(s) > 1}
    if not surfaces:
        return list(texts)
    names = re.compile("|".join(re.escape(s) for s in sorted(surfaces, key=lambda s: (-len(s), s))))
    return [names.sub(" ", text) for text in texts]


def _with_case(frame: pd.DataFrame, placed: Mapping[str, str]) -> pd.DataFrame:
    """Keep the rows that belong to a case and put its path in front."""
    out = frame[frame["case_id"].isin(set(placed))].copy()
    out.insert(0, "case", out["case_id"].map(dict(placed)).astype("str"))
    return out


def _named(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    out = frame[frame["case"].isin(set(names))].copy()
    out.insert(1, "name", out["case"].map(dict(names)).astype("str"))
    return out.reset_index(drop=True)


def _cases(kept: pd.DataFrame, articles: pd.DataFrame, passages: pd.DataFrame, up: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Make one row a place: what it was read from and how much of it there is."""
    rows = kept.assign(case=[up[c][0] for c in kept["case_id"]], code=[up[c][1] for c in kept["case_id"]])
    rows = rows[rows["case"] != ""].merge(articles[["article_id", "authorship"]], on="article_id", how="left")
    texts: dict[str, list[tuple[str, int]]] = {}
    for case, role, chars in zip(passages["case"], passages["role"], passages["chars"], strict=True):
        texts.setdefault(case, []).append((role, int(chars)))
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in rows.to_dict("records"):
        grouped.setdefault(row["case"], []).append({str(k): v for k, v in row.items()})
    out = []
    for case, group in sorted(grouped.items()):
        body = [chars for role, chars in texts.get(case, []) if role == "body"]
        out.append(
            {
                "case": case,
                "place_code": min((r["code"] for r in group if r["code"]), default=""),
                "articles": len({r["article_id"] for r in group}),
                "sources": len({r["source_id"] for r in group}),
                "self_reported": len({r["article_id"] for r in group if r["authorship"] == "correspondent"}),
                "passages": len(texts.get(case, [])),
                "body_passages": len(body),
                "chars": sum(body),
                "case_ids": ";".join(r["case_id"] for r in group),
            }
        )
    columns = ["case", "name", "place_code", "articles", "sources", "self_reported", "passages", "body_passages", "chars", "case_ids"]
    frame = pd.DataFrame(out, columns=[c for c in columns if c != "name"])
    frame.insert(1, "name", pd.Series(_short_names(list(frame["case"])), dtype="str"))
    return frame.sort_values(["place_code", "case"], kind="stable").reset_index(drop=True)


def _short_names(paths: list[str]) -> list[str]:
    """Give each path its last name, with the names above it where two would read alike."""
    for depth in range(1, 6):
        names = ["".join(p.split("/")[-depth:]) for p in paths]
        if len(set(names)) == len(set(paths)):
            break
    last = [place_name(p) for p in paths]
    return [short if last.count(short) == 1 else full for short, full in zip(last, names, strict=True)] if paths else []


def _left_out(claims: pd.DataFrame, names: Mapping[str, str], every: set[str]) -> pd.DataFrame:
    """Give the claims of no case, and why: their place is none of the level, no text is on it, or its texts are too short."""
    out = claims[~claims["case"].isin(set(names))].copy()
    where = zip(out["case"], out["why"], strict=True)
    out["why"] = [why or ("too little text" if case in every else "no text on it") for case, why in where]
    others = sorted(set(out["case"]) - {""})
    called = dict(zip([*names, *others], _short_names([*names, *others]), strict=True))
    out.insert(1, "name", out["case"].map({**called, "": ""}).astype("str"))
    return out.reset_index(drop=True)


def _too_coarse(kept: pd.DataFrame, up: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    out = kept.assign(why=[up[c][1] if not up[c][0] else "" for c in kept["case_id"]])
    return out.loc[out["why"] != "", ["case_id", "article_id", "source_id", "place_code", "place", "level", "chars", "why"]].reset_index(
        drop=True
    )
