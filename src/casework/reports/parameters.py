"""A notebook's declared parameters, and whether what a study gives fits them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casework.codebook import did_you_mean
from casework.reports.imports import light_imports
from casework.text import CaseworkError

__all__ = ["check_parameters", "declared_parameters", "read_notebook"]


def read_notebook(path: Path) -> Any:
    """Read a notebook, or say what is wrong with the file."""
    with light_imports():
        import nbformat
    read: Any = nbformat.read
    try:
        return read(path, as_version=4)
    except FileNotFoundError:
        known = [p.stem for p in path.parent.glob(f"*{path.suffix}")]
        raise CaseworkError(f"{path}: no such notebook{did_you_mean(path.stem, known) if known else ''}") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError, KeyError) as e:
        raise CaseworkError(f"{path}: not a notebook: {str(e).splitlines()[0][:120]}") from None


def declared_parameters(notebook: Any, path: Path) -> dict[str, Any]:
    """Give the names and defaults that the cell tagged `parameters` assigns.

    Raises CaseworkError where there is no such cell, or it holds more than plain assignments.
    """
    cells = [c for c in notebook.cells if c.cell_type == "code" and "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise CaseworkError(f"{path}: needs exactly one code cell tagged 'parameters', has {len(cells)}")
    declared: dict[str, Any] = {}
    try:
        for node in ast.parse(cells[0].source).body:
            name, value = _assigned(node)
            declared[name] = ast.literal_eval(value)
    except (SyntaxError, ValueError) as e:
        raise CaseworkError(f"{path}: the 'parameters' cell must hold plain assignments only: {e}") from None
    return declared


def _assigned(node: ast.stmt) -> tuple[str, ast.expr]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return node.target.id, node.value
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    raise ValueError(f"line {node.lineno} is not one")


def check_parameters(path: Path, declared: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Refuse a parameter that the notebook does not declare, or whose kind differs from its default's.

    >>> check_parameters(Path("compare.ipynb"), {"level": "township"}, {"levle": "county"})
    Traceback (most recent call last):
    casework.text.CaseworkError: compare.ipynb has no parameter 'levle'; did you mean 'level'?
    """
    for name, value in given.items():
        if name not in declared:
            raise CaseworkError(f"{path.name} has no parameter '{name}'{did_you_mean(name, declared)}")
        default = declared[name]
        if default is not None and value is not None and not _alike(default, value):
            raise CaseworkError(f"parameter '{name}' must be {_kind(default)}, not {_kind(value)}: {value!r}")


def _alike(default: Any, value: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, (int, float)):
        return isinstance(value, (int, float))
    return isinstance(value, type(default))


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return names.get(type(value), type(value).__name__)
