"""A column of each kind of type, and two tables, of which cases of expressions are made.

The names are short because a case stands in one line: a is an array, b a truth value, d a date, f, n, x and i2 are
numbers, j is JSON, y is text, and z has no type.
"""

from __future__ import annotations

from sqltoolkit_core import ARRAY, JSON, Boolean, DateTime, Float, Integer, Numeric, String, column, table

a, b, d, f = column("a", ARRAY(Integer)), column("b", Boolean), column("d", DateTime), column("f", Float)
i2, j, n, x = column("i2", Integer), column("j", JSON), column("n", Numeric), column("x", Integer)
y, z = column("y", String), column("z")
t = table("t", column("x", Integer), column("y", String), column("b", Boolean))
u = table("u", column("id", Integer), column("x", Integer))
