"""What an annotated surface says in figures: low, high, unit, approx. For the demo corpus' own surfaces, not a general grammar."""
from __future__ import annotations

import re

UNITS = {"元": "yuan", "亩": "mu", "斤": "jin", "公斤": "kg", "吨": "ton", "米": "m", "公里": "km", "平方米": "m2", "%": "percent",
         "个百分点": "percent", "天": "day", "小时": "hour", "个月": "month", "年": "year", "岁": "age", "倍": "times"}
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
NUMERAL = r"\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九十百千万亿]+|半"
SIDE = re.compile(rf"(?P<pre>近|约|超过|超|逾|不少于|不低于|不高于|不超过|不足|不到|至少)?(?P<num>{NUMERAL})(?P<mid>余|多|来)?"
                  r"(?P<mult>[百千万亿]*)(?P<mid2>余|多)?(?P<unit>.*?)(?P<post>以上|以下|左右|上下|多)?$")
OPEN_HIGH = {"余", "多", "来", "超过", "超", "逾", "至少", "不少于", "不低于", "以上"}
OPEN_LOW = {"近", "不足", "不到", "不超过", "不高于", "以下"}


def number(words: str) -> float:
    """The value of an Arabic or Chinese numeral: '1.2', '1,030', '三千二百', '万'."""
    if words[0].isdigit():
        return float(words.replace(",", ""))
    total = section = digit = 0
    for c in words:
        if c in DIGITS:
            digit = DIGITS[c]
        elif POWERS[c] >= 10_000:
            total += (section + digit or 1) * POWERS[c]
            section = digit = 0
        else:
            section += (digit or 1) * POWERS[c]
            digit = 0
    return total + section + digit


def side(text: str) -> tuple[float, str, str, set[str]]:
    """One end of a range, or a whole amount: value, multiplier, unit word, approximators."""
    m = SIDE.match(text)
    if not m:
        raise ValueError(f"no numeral in {text!r}")
    value = 0.5 if m["num"] == "半" else number(m["num"])
    for c in m["mult"]:
        value *= POWERS[c]
    return value, m["mult"], m["unit"], {m[k] for k in ("pre", "mid", "mid2", "post") if m[k]}


def read_surface(surface: str) -> tuple[float | None, float | None, str, bool]:
    """low, high, unit, approx of a surface such as 20余万元, 800元至1000元 or 三成."""
    text = surface.replace(" ", "").replace("\n", "")
    parts = re.split(r"[—\-~]+|至(?!少)", text)
    last, mult, word, marks = side(parts[-1])
    first = last
    if len(parts) == 2:
        first, own_mult, own_word, _ = side(parts[0])
        if not own_mult and not own_word:
            for c in mult:
                first *= POWERS[c]
    scale = 10 if word == "成" else 1
    unit = "percent" if word == "成" else UNITS.get(word, f"count:{word}")
    low, high = round(first * scale, 6), round(last * scale, 6)
    return (None if marks & OPEN_LOW else low), (None if marks & OPEN_HIGH else high), unit, bool(marks & {"约", "左右", "上下"})
