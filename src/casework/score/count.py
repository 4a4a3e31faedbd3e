"""Count, in one file, what the figures are made of: sums only, so that files can be added up and resampled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from casework.score.gold import Gold, Row
from casework.score.match import cell, deepest, either, number, pair, same_case, same_value, value
from casework.tables import Tables
from casework.text import CaseworkError, parse_spans

__all__ = ["EXTRA", "SHARES", "FileCount", "Miss"]

FURNITURE = {"chrome", "caption", "spam"}
EXTRA = ("statistic", "change", "period", "about", "voice")
SHARES = ("per", "status", "indicator", "county", "place", "exact_span", *EXTRA)


@dataclass(frozen=True, slots=True)
class Miss:
    """One disagreement: where it stands, what the gold says and what the tables say."""

    file: str
    start: int
    end: int
    field: str
    gold: str
    got: str
    text: str


class FileCount:
    """The counts of one file, all sums, so that files can be added up and resampled."""

    def __init__(self, frames: Tables, gold: Gold, tables: Path, raw: Path | None) -> None:
        found = [r for r in _rows(frames.sources) if PurePosixPath(r["file"]).name == gold.file]
        if not found:
            raise CaseworkError(f"{gold.file}: in the gold but not in {tables}/sources: was it built from another folder?")
        self.gold, self.source_id = gold, str(found[0]["source_id"])
        self.raw = _raw_text(tables / "raw" / f"{self.source_id}.txt", raw and raw / gold.file)
        self.rows = {name: self._of(getattr(frames, name)) for name in ("claims", "labels", "codings", "passages", "cases")}
        self.misses: list[Miss] = []
        self.n: Counter[str] = Counter()

    def _of(self, frame: Any) -> list[Row]:
        rows = _rows(frame[frame["source_id"] == self.source_id]) if "source_id" in frame else _rows(frame)
        return [dict(r, span=(int(r["start"]), int(r["end"]))) if "start" in r else r for r in rows]

    def count(self) -> Counter[str]:
        """Count what the figures are made of."""
        self._claims()
        self._found("label", [q for q in self.gold.labels if not q.get("borderline")], self.gold.labels, self.rows["labels"], "kind")
        if self.gold.codings is not None:
            self._found("coding", self.gold.codings, self.gold.codings, self.rows["codings"], "code")
        if self.gold.structure is not None:
            self._structure(self.gold.structure)
        return self.n

    def _claims(self) -> None:
        want = self.gold.quantities
        got = [dict(c, low=number(c["low"]), high=number(c["high"])) for c in self.rows["claims"]]
        pairs = pair(want, got, same_value)
        self.n.update(gold=len(want), got=len(got), span=len(pair(want, got, lambda a, b: True)), value=len(pairs))
        self.n.update(f"{name}_gold" for name in SHARES for q in want if name in q or (name == "county" and q.get("county_code")))
        for i, j in pairs:
            self._fields(want[i], got[j])
        for i in sorted(set(range(len(want))) - {i for i, _ in pairs}):
            self._miss(want[i], "value", value(want[i]), "")
        for j in sorted(set(range(len(got))) - {j for _, j in pairs}):
            self._miss(got[j], "value", "", value(got[j]))

    def _fields(self, a: Row, b: Row) -> None:
        """Judge what a matched claim says beside its value."""
        right = {
            "per": sorted(a["per"]) == sorted(p for p in b["per"].split(";") if p),
            "status": either(a["status"], b["status"]),
            "indicator": either(a["indicator"], b["indicator"]),
            "place": either(a["place"], b["place"], lambda x, y: deepest(x) == deepest(y)),
            "exact_span": a["span"] == b["span"],
        }
        if a.get("county_code"):
            right["county"] = a["county_code"] == b["place_code"][:6].ljust(6, "0")
        right |= {name: either(a[name], b[name]) for name in ("statistic", "change", "period", "about", "voice") if name in a}
        for name, ok in right.items():
            self.n[f"{name}_of"] += 1
            self.n[name] += ok
            if not ok and name != "exact_span":
                self._miss(a, name, a["county_code"] if name == "county" else a[name], b["place_code"] if name == "county" else b[name])
        for name in ("status", "indicator"):
            self._class(name, a[name], b[name])

    def _class(self, name: str, want: Any, got: str) -> None:
        first = want if not isinstance(want, list) else got if got in want else want[0]
        self.n[f"confusion:{name}:{first}:{got}"] += 1
        if isinstance(want, list):
            return
        self.n[f"class:{name}:{want}"] += 1
        self.n[f"hit:{name}:{want}"] += want == got
        if name == "status":
            self.n.update(planned_gold=want == "planned", planned_got=got == "planned", planned=want == got == "planned")

    def _found(self, name: str, counted: Sequence[Row], want: Sequence[Row], got: Sequence[Row], key: str) -> None:
        """Count labels or codings; a borderline one that is missed costs nothing."""
        pairs = pair(want, got, lambda a, b: a[key] == b[key])
        free = [i for i, _ in pairs if want[i].get("borderline")]
        self.n.update({name: len(pairs), f"{name}_gold": len(counted) + len(free), f"{name}_got": len(got)})
        for i in sorted(set(range(len(want))) - {i for i, _ in pairs}):
            if not want[i].get("borderline"):
                self._miss(want[i], name, want[i][key], "")
        for j in sorted(set(range(len(got))) - {j for _, j in pairs}):
            self._miss(got[j], name, "", got[j][key])

    def _structure(self, gold: Mapping[str, Any]) -> None:
        """Count body characters given to the right case, and furniture told from body."""
        role, case = self._as_built()
        want_case, furniture = self._as_annotated(gold)
        visible = [i for i, ch in enumerate(self.raw) if not ch.isspace()]
        body = [i for i in visible if want_case[i] and not furniture[i]]
        right = sum(any(same_case(place, case[i]) for place in want_case[i]) for i in body)
        got = [role[i] in FURNITURE or role[i] == "" for i in visible]
        want = [furniture[i] for i in visible]
        both = sum(x and y for x, y in zip(got, want, strict=True))
        self.n.update(case=right, case_of=len(body), furniture=both, furniture_gold=sum(want), furniture_got=sum(got))

    def _as_built(self) -> tuple[list[str], list[str]]:
        role, case = [""] * (len(self.raw) + 1), [""] * (len(self.raw) + 1)
        places = {r["case_id"]: r["place"] for r in self.rows["cases"]}
        for passage in self.rows["passages"]:
            for a, b in parse_spans(passage["spans"]):
                role[a:b] = [passage["role"]] * (b - a)
                case[a:b] = [places.get(passage["case_id"], "")] * (b - a)
        return role, case

    def _as_annotated(self, gold: Mapping[str, Any]) -> tuple[list[tuple[str, ...]], list[bool]]:
        starts = [0, *(m.end() for m in re.finditer("\n", self.raw)), len(self.raw) + 1]
        case: list[tuple[str, ...]] = [()] * len(self.raw)
        furniture = [False] * len(self.raw)
        aside = [*gold["chrome_lines"], *gold["spam_lines"]]
        for article in gold["articles"]:
            aside += [*article["chrome_lines"], *article["caption_lines"]]
            for k in article["cases"]:
                for first, last in k["lines"]:
                    a, b = starts[first - 1], starts[last] - 1
                    case[a:b] = [(*c, k["place"]) for c in case[a:b]]
        for first, last in aside:
            a, b = starts[first - 1], starts[last] - 1
            furniture[a:b] = [True] * (b - a)
        return case, furniture

    def _miss(self, row: Row, name: str, gold: Any, got: Any) -> None:
        a, b = row["span"]
        around = self.raw[max(a - 12, 0) : a] + "[" + self.raw[a:b] + "]" + self.raw[b : b + 12]
        self.misses.append(Miss(self.gold.file, a, b, name, cell(gold), cell(got), " ".join(around.split())))


def _rows(frame: Any) -> list[Row]:
    return [dict(r) for r in frame.to_dict("records")]


def _raw_text(stored: Path, other: Path | None) -> str:
    """Read the raw text that the offsets count in, newlines untranslated."""
    for path in (other, stored):
        if path is not None and path.is_file():
            return path.read_bytes().decode("utf-8")
    raise CaseworkError(f"{stored}: the raw text is not there: build the study again, or name the folder of the texts with --raw")
