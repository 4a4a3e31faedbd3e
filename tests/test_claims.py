"""Claims: what the words around an amount say of it, as cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from casework.claims import Claim, extract_claims, mark_restated
from casework.places import Place
from casework.text import Span

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "claims.yaml").read_text(encoding="utf-8"))


def read(marked: str, published: str = "") -> Claim:
    """Give the claim of the marked amount."""
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    claims = extract_claims(marked.replace("⟦", "").replace("⟧", ""), published=published)
    found = [c for c in claims if c.span == Span(start, end)]
    assert found, [c.span for c in claims]
    return found[0]


@pytest.mark.parametrize("case", CASES, ids=[c["text"] for c in CASES])
def test_claim(case: dict[str, Any]) -> None:
    claim = read(case["text"], str(case.get("published", "")))
    got = {"approx": claim.amount.approx, "per": list(claim.per), "flags": sorted(claim.flags - {"place_guessed"})} | {
        f: getattr(claim, f) for f in ("status", "indicator", "change", "statistic", "voice", "period")
    }
    assert {f: got[f] for f in case["want"]} == case["want"], claim.rule


def test_every_claim_names_its_rule() -> None:
    assert read("预计每亩增收⟦500元⟧。").rule == "amount yuan, status 预计, indicator 增收"


def test_a_claim_without_a_place_is_given_its_case() -> None:
    home = Place("130126", "河北省/石家庄市/灵寿县", "county")
    claims = extract_claims("流转土地300亩。", home=home)
    assert [(c.place, c.flags) for c in claims] == [(home, frozenset({"place_guessed"}))]


def test_a_value_said_again_is_flagged() -> None:
    claims = extract_claims("流转土地1200亩。栽下5棵树。") + extract_claims("这流转来的1200亩土地，如今栽下5棵树。")
    assert ["restated" in c.flags for c in mark_restated(claims)] == [False, False, True, False]
