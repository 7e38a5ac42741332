"""Enums of the domain as enums of the API: names, values and descriptions are declared once, in the domain.

The description of an enum is its docstring; that of a member is the text below it.
"""

import ast
import inspect
import textwrap
from enum import StrEnum

import strawberry


def graphql_enum(kind: type[StrEnum], *, name: str | None = None) -> type[StrEnum]:
    """Makes `kind` an enum of the API, once; a member without a description is an error."""
    if "__strawberry_definition__" in kind.__dict__:
        return kind
    described = descriptions_of(kind)
    strawberry.enum(kind, name=name, description=inspect.getdoc(kind))
    definition = kind.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        assert value.name in described, f"{kind.__name__}.{value.name} has no description below it"
        value.description = described[value.name]
    return kind


def descriptions_of(kind: type[StrEnum]) -> dict[str, str]:
    """The texts below the members, from the source: Python keeps them nowhere else."""
    (declared,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(declared, ast.ClassDef)
    described = {}
    for statement, following in zip(declared.body, declared.body[1:], strict=False):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            text = _text(following)
            if text is not None:
                described[statement.targets[0].id] = text
    return described


def _text(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        value = statement.value.value
        return inspect.cleandoc(value) if isinstance(value, str) else None
    return None
