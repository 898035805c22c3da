"""Money is whole cents: no float where money is reckoned, and none in a column of any table."""

import ast

import pytest
from sqlalchemy import Float, Numeric

from tests.support import source

# The gateway counts seconds to wait for the network, a drawing points on paper; the money they carry is whole cents like everywhere.
MEASURES = ("gateway.py", "_pdf.py")
MONEY = [path for path in source.files("webapp/payments", "webapp/registration") if not path.name.endswith(MEASURES)]
MONEY.append(source.ROOT / "webapp" / "core" / "money.py")


def _reckoning(node):
    """Every node that may compute; what stands in a formatted text only writes a number down."""
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, ast.JoinedStr):
            yield part
            yield from _reckoning(part)


def _floats(path):
    for node in _reckoning(source.tree(path)):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_name = isinstance(node, ast.Name) and node.id == "float"
        is_division = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not _joins_paths(node)
        if is_literal or is_name or is_division:
            yield f"{source.short(path)}:{node.lineno}"


def _joins_paths(node):
    """`folder / "name"`: a slash between paths has a text on one side."""
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.value]
    return any(isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str)) for side in sides)


@pytest.mark.parametrize("path", MONEY, ids=source.short)
def test_no_float_where_money_is_reckoned(path):
    assert list(_floats(path)) == []


def test_no_column_holds_a_float(app):
    from webapp.core.db import Base

    wrong = [str(column) for table in Base.metadata.tables.values() for column in table.columns
             if isinstance(column.type, Float | Numeric) and column.name not in ("latitude", "longitude")]
    assert wrong == []
