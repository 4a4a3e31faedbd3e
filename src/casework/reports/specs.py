"""The reports that a study asks for: names, notebooks and parameters, checked before anything is built or run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casework.claims import load_mechanisms
from casework.codebook import did_you_mean
from casework.compare import LEVELS
from casework.compare.counted import check_day
from casework.compare.indicators import refuse_unknown
from casework.reports.parameters import check_parameters, declared_parameters, read_notebook
from casework.reports.search import SEARCH
from casework.study import ReportSpec, Study
from casework.tables import VOCABULARIES
from casework.text import CaseworkError

__all__ = ["Declared", "check_report", "check_reports"]

Declared = Mapping[str, Mapping[str, Any]]
"""For each report the parameters that its notebook declares, with their defaults."""

OWN = ("index.html", SEARCH)


def check_reports(study: Study, only: Sequence[str] | None = None) -> Declared:
    """Check all that can be known of a study's reports without its tables; `only` are the names that were asked for.

    Gives for each report the parameters that its notebook declares, with their defaults. Raises CaseworkError with the
    study's file and line for the first that cannot be made.
    """
    known = [spec.name for spec in study.reports]
    for name in only or ():
        if name not in known:
            raise CaseworkError(f"study '{study.name}' has no report '{name}'{did_you_mean(name, known)}")
    return {spec.name: check_report(study, spec) for spec in study.reports}


def check_report(study: Study, spec: ReportSpec) -> Mapping[str, Any]:
    """Check one report and give the parameters that its notebook declares, with their defaults."""
    parameter = ""
    try:
        if f"{spec.name}.html" in OWN:
            raise CaseworkError("the site has a page of that name of its own; call the report something else")
        declared = declared_parameters(read_notebook(spec.notebook), spec.notebook)
        for name in ("case", "level") if spec.foreach else ():
            if name not in declared:
                raise CaseworkError(f"foreach needs a parameter '{name}' in {spec.notebook.name}")
        for parameter, value in spec.parameters.items():
            check_parameters(spec.notebook, declared, {parameter: value})
            if value is not None:
                _check_value(study, parameter, value, declared[parameter])
    except CaseworkError as e:
        where = spec.where.get(parameter) or spec.where.get("")
        raise CaseworkError(f"{f'{where}: ' if where else ''}report '{spec.name}': {e}") from None
    return declared


def _check_value(study: Study, name: str, value: Any, default: Any) -> None:
    """Check the value of a parameter whose name means the same in every notebook of ours."""
    if name == "level" and default in LEVELS:
        refuse_unknown("level", [value], LEVELS)
    elif name in ("since", "until") and default == "":
        check_day(name, value)
    elif name == "mechanisms" and default == []:
        refuse_unknown("mechanism", value, load_mechanisms(study.codebooks.get("mechanisms")).codes)
    elif name == "indicators" and default == []:
        refuse_unknown("indicator", value, VOCABULARIES["indicators"])
