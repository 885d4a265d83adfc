"""Expressions that a string of bytes decides on, made alike with either library.

A composer reads its bytes one after another; each decides between alternatives, the simplest of which stands first.
When they run out, every decision is the first alternative, so that shorter and smaller strings mean simpler
statements.  Two composers with the same bytes make the same calls on the two libraries.
"""

from __future__ import annotations

import decimal

INTS = [0, 1, 2, -1, 3, 5]
WORDS = ["a", "b%", "it's", "/x_", "", "B", "a:b", "\\"]
NAMES = ["x", "id", "name", "a", "alpha_id", "x_1", "Mixed", "select", "a b", "c%d", "p(q)", "anon_1", "alpha_x", "_u", "é"]


class Library:
    """The tables of one of the libraries, and its dialects."""

    def __init__(self, lib, default_dialect, sqlite_dialect):
        self.lib = lib
        self.default = default_dialect
        self.sqlite = sqlite_dialect
        # on SQLite ours is another (see docs/differences.md)
        self.with_xor = False
        self.metadata = m = lib.MetaData()
        self.alpha, self.beta = [
            lib.Table(
                name,
                m,
                lib.Column("id", lib.Integer, primary_key=True),
                lib.Column("x", lib.Integer),
                lib.Column("name", lib.String(20)),
                lib.Column("flag", lib.Boolean),
                lib.Column("day", lib.Date),
                lib.Column("price", lib.Numeric(8, 2)),
                lib.Column("doc", lib.JSON),
                lib.Column("alpha_id", lib.Integer, lib.ForeignKey("alpha.id")),
            )
            for name in ("alpha", "beta")
        ]
        self.odd = lib.Table(
            "Odd table",
            m,
            lib.Column("select", lib.Integer, primary_key=True),
            lib.Column("Mixed", lib.Integer, lib.ForeignKey("alpha.id"), key="mixed"),
            lib.Column("a b", lib.String, default="made"),
            lib.Column("c%d", lib.Integer, onupdate=3),
            lib.Column("p(q)", lib.String(5), server_default="there"),
            lib.Column("odd.dot", lib.Integer, default=lib.func.next_odd(4)),
        )
        self.placed = lib.Table(
            "placed",
            m,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("alpha", lib.Integer, lib.ForeignKey("alpha.id")),
            lib.Column("moment", lib.DateTime),
            lib.Column("tags", lib.ARRAY(lib.Integer)),
            schema="Some schema",
        )
        self.plain = lib.table("plain", lib.column("id", lib.Integer), lib.column("x", lib.String), lib.column("u"))
        self.tables = [self.alpha, self.beta, self.odd, self.plain, self.placed]


class Choices:
    """Decisions read from bytes."""

    def __init__(self, library, data):
        self.library = library
        self.lib = library.lib
        self._data = data
        self._at = 0

    def below(self, count):
        if self._at >= len(self._data):
            return 0
        found = self._data[self._at] % count
        self._at += 1
        return found

    def pick(self, alternatives):
        return alternatives[self.below(len(alternatives))]

    def flag(self):
        return self.below(2) == 1

    def rarely(self):
        return self.below(5) == 4

    def several(self, make, least=0, most=3):
        return [make() for _ in range(least + self.below(most - least + 1))]

    def one_of(self, depth, leaves, nested):
        """Call one of the methods: the nested ones get the depth that is left."""
        chosen = self.below(len(leaves) + (len(nested) if depth > 0 else 0))
        return leaves[chosen]() if chosen < len(leaves) else nested[chosen - len(leaves)](depth - 1)


class Expressions(Choices):
    """Numbers, strings, conditions and the rest of what stands in a column's place."""

    def __init__(self, library, data, scope=None):
        super().__init__(library, data)
        self.scope = scope or [library.alpha, library.beta]

    # columns

    def column_of(self, type_):
        found = [column for source in self.scope for column in source.c if isinstance(column.type, type_)]
        return self.pick(found) if found else None

    def number_column(self):
        found = self.column_of(self.lib.Integer)
        return self.library.alpha.c.x if found is None else found

    def string_column(self):
        found = self.column_of(self.lib.String)
        return self.library.alpha.c.name if found is None else found

    def any_column(self):
        found = [column for source in self.scope for column in source.c]
        return self.pick(found)

    def name(self):
        return self.pick(NAMES)

    # numbers

    def number(self, depth=2):
        return self.one_of(
            depth,
            [
                self.number_column,
                lambda: self.lib.literal(self.pick(INTS)),
                lambda: self.lib.literal_column(self.pick(["7", "a + b"]), self.lib.Integer),
                self.parameter,
                self.lib.null,
                lambda: self.lib.literal(decimal.Decimal("1.50")),
                lambda: self.lib.column(self.name(), self.lib.Integer),
            ],
            [
                self.arithmetic,
                self.arithmetic,
                lambda d: -self.number(d),
                self.number_function,
                self.bitwise,
                self.case,
                self.casted,
                self.scalar,
                self.windowed,
                self.aggregate,
                self.extracted,
                lambda d: self.number(d).label(self.pick(NAMES + [None])),
                self.custom_operator,
                self.json_access,
                lambda d: self.number(d).self_group(),
                lambda d: self.condition(d),
                lambda d: self.number(d).distinct(),
                lambda d: self.lib.func.char_length(self.string_column()),
            ],
        )

    def operand(self, depth):
        """What may stand at the right of an operator: an element or a plain value."""
        plain = self.pick([False, True])
        return self.pick(INTS + [None, 2.5]) if plain else self.number(depth)

    def parameter(self):
        lib = self.lib
        chosen = self.below(8)
        if chosen == 0:
            return lib.bindparam("p", self.pick(INTS))
        if chosen == 1:
            return lib.bindparam(self.pick(["p", "q", "a b", "x"]), type_=lib.Integer)
        if chosen == 2:
            return lib.bindparam(None, self.pick(INTS), type_=lib.Integer)
        if chosen == 3:
            return lib.bindparam("u", 5, unique=True)
        if chosen == 4:
            return lib.bindparam("le", 4, literal_execute=True)
        if chosen == 5:
            return lib.bindparam("call", callable_=lambda: 6, type_=lib.Integer)
        if chosen == 6:
            return lib.bindparam("r", required=True, type_=lib.Integer)
        return lib.bindparam("x_1", 9)

    def arithmetic(self, depth):
        left, right = self.number(depth), self.operand(depth)
        operation = self.pick(
            [
                lambda a, b: a + b,
                lambda a, b: a - b,
                lambda a, b: a * b,
                lambda a, b: a / b,
                lambda a, b: a % b,
                lambda a, b: a // b,
                lambda a, b: b + a,
                lambda a, b: b - a,
                lambda a, b: b * a,
                lambda a, b: b / a,
                lambda a, b: b % a,
                lambda a, b: b // a,
                lambda a, b: a**b,
                lambda a, b: a @ b,
            ][: 14 if self.rarely() else 12]
        )
        return operation(left, right)

    def bitwise(self, depth):
        left, right = self.number(depth), self.operand(depth)
        chosen = self.below(8)
        if chosen == 0:
            return left.bitwise_and(right)
        if chosen == 1:
            return left.bitwise_or(right)
        if chosen == 2:
            return left.bitwise_and(self.number(depth))
        if chosen == 3:
            return left.bitwise_lshift(right)
        if chosen == 4:
            return left.bitwise_rshift(right)
        if chosen == 5:
            return left.bitwise_not()
        if chosen == 6 and self.library.with_xor:
            return left.bitwise_xor(right)
        return self.lib.bitwise_not(left)

    def number_function(self, depth):
        func = self.lib.func
        chosen = self.below(8)
        if chosen == 0:
            return func.abs(self.number(depth))
        if chosen == 1:
            return func.coalesce(self.number(depth), self.operand(depth))
        if chosen == 2:
            return func.pack.age.foo(self.number(depth), self.operand(depth), type_=self.lib.Integer)
        if chosen == 3:
            return func.count() if self.flag() else func.count(self.number(depth))
        if chosen == 4:
            return self.pick([func.max, func.min, func.sum, func.mod])(self.number(depth))
        if chosen == 5:
            return self.pick([func.now, func.current_date, func.current_timestamp, func.user, func.random])()
        if chosen == 6:
            return getattr(func, self.pick(["Select", "with space", "a.b", "ABS_", "order"]))(self.operand(depth))
        return func.any_value(self.number(depth))

    def case(self, depth):
        lib = self.lib
        chosen = self.below(4)
        else_ = {"else_": self.operand(depth)} if self.flag() else {}
        if chosen == 0:
            whens = self.several(lambda: (self.condition(depth), self.operand(depth)), 1, 2)
            return lib.case(*whens, **else_)
        if chosen == 1:
            return lib.case({1: self.operand(depth), 2: "two"}, value=self.number(depth), **else_)
        if chosen == 2:
            return lib.case((self.number_column(), self.operand(depth)), value=self.number(depth), **else_)
        return lib.case((self.condition(depth), self.string(depth)), **else_)

    def type(self):
        lib = self.lib
        return self.pick(
            [
                lib.Integer,
                lib.String(5),
                lib.Numeric(10, 2),
                lib.Float,
                lib.Boolean,
                lib.Date,
                lib.String(7, collation="fr_FR"),
                lib.LargeBinary,
                lib.JSON,
                lib.Enum("a", "bc", name="kind"),
                lib.DateTime(timezone=True),
                lib.Interval,
                lib.Uuid,
            ]
        )

    def casted(self, depth):
        lib = self.lib
        inner = self.operand(depth) if self.flag() else self.string(depth)
        return self.pick([lib.cast, lib.type_coerce, lib.try_cast])(inner, self.type())

    def extracted(self, depth):
        field = self.pick(["year", "month", "epoch"])
        day = self.column_of(self.lib.Date)
        source = self.lib.func.now() if day is None or self.flag() else day
        return self.lib.extract(field, source)

    def custom_operator(self, depth):
        left, right = self.number(depth), self.operand(depth)
        chosen = self.below(6)
        if chosen == 0:
            return left.op("&&")(right)
        if chosen == 1:
            return left.op("##", precedence=7)(right)
        if chosen == 2:
            return left.op("=>", is_comparison=True)(right)
        if chosen == 3:
            return left.bool_op("@@")(right)
        if chosen == 4:
            return left.op("%%", return_type=self.lib.String)(right)
        return left.op("->", precedence=15, return_type=self.lib.Integer)(right)

    def json_access(self, depth):
        found = self.column_of(self.lib.JSON)
        column = self.library.alpha.c.doc if found is None else found
        made = column[self.pick(["a", 1, ("a", 1, "b"), ("it's",), "x y"])]
        chosen = self.below(8)
        if chosen == 0:
            return made
        if chosen == 1:
            return made.as_integer()
        if chosen == 2:
            return made.as_string()
        if chosen == 3:
            return made.as_float()
        if chosen == 4:
            return made.as_boolean()
        if chosen == 5:
            return made.as_numeric(8, 2)
        if chosen == 6:
            return made.as_json()
        return made["deeper"].as_string() + "x"

    # windows and aggregates

    def ordering(self, depth=1):
        lib = self.lib
        inner = self.number(depth) if self.flag() else self.any_column()
        chosen = self.below(7)
        if chosen == 0:
            return inner
        if chosen == 1:
            return inner.desc()
        if chosen == 2:
            return inner.asc()
        if chosen == 3:
            return inner.desc().nulls_last()
        if chosen == 4:
            return lib.nulls_first(inner)
        if chosen == 5:
            return lib.desc(inner)
        return inner.collate("NOCASE") if isinstance(inner.type, lib.String) else inner.nulls_last()

    def frame(self):
        lib = self.lib
        kind = self.pick(["rows", "range_", "groups"])
        if self.rarely():
            edge = self.pick(
                [
                    (lib.FrameClauseType.UNBOUNDED, lib.FrameClauseType.CURRENT),
                    (lib.FrameClauseType.PRECEDING, lib.FrameClauseType.FOLLOWING),
                ]
            )
            limits = [2 if side.name in ("PRECEDING", "FOLLOWING") else None for side in edge]
            return {kind: lib.FrameClause(limits[0], limits[1], *edge)}
        found = {kind: self.pick([(None, 0), (None, None), (-2, 1), (0, None), (1, 3), (-3, -1), (0, 0)])}
        if self.rarely():
            found["exclude"] = self.pick(["CURRENT ROW", "GROUP", "TIES", "NO OTHERS"])
        return found

    def windowed(self, depth):
        func = self.lib.func
        inner = self.pick(
            [
                lambda: func.row_number(),
                lambda: func.sum(self.number(depth)),
                lambda: func.count(),
                lambda: func.lag(self.number(depth), 2),
                lambda: func.rank(),
                lambda: func.sum(self.number_column()).filter(self.condition(depth)),
            ]
        )()
        settings = {}
        if self.flag():
            settings["partition_by"] = self.several(lambda: self.number(0), 1, 2) if self.flag() else self.any_column()
        if self.flag():
            settings["order_by"] = self.several(lambda: self.ordering(0), 1, 2) if self.flag() else self.ordering(depth)
        if self.flag():
            settings.update(self.frame())
        return inner.over(**settings)

    def aggregate(self, depth):
        lib = self.lib
        func = lib.func
        chosen = self.below(8)
        if chosen == 0:
            return func.sum(self.number(depth)).filter(*self.several(lambda: self.condition(depth), 1, 2))
        if chosen == 1:
            return func.percentile_cont(0.5).within_group(self.ordering(depth))
        if chosen == 2:
            return func.mode().within_group(self.ordering(depth)).filter(self.condition(depth))
        if chosen == 3:
            return func.aggregate_strings(self.string(depth), self.pick([",", "'"]))
        if chosen == 4:
            return func.aggregate_strings(self.string(depth), ";").aggregate_order_by(self.ordering(depth))
        if chosen == 5:
            return func.array_agg(self.number(depth)).aggregate_order_by(*self.several(lambda: self.ordering(depth), 1, 2))
        if chosen == 6:
            return func.count(self.number(depth).distinct())
        return lib.funcfilter(func.count(lib.distinct(self.any_column())), self.condition(depth))

    def scalar(self, depth):
        return self.select_of(depth).scalar_subquery()

    def select_of(self, depth):
        """A SELECT of one column that may correlate."""
        lib, library = self.lib, self.library
        source = self.pick([library.beta, library.beta.alias(), library.alpha.alias("al"), library.odd])
        outer = self.scope
        self.scope = [source] + (list(outer) if self.flag() else [])
        try:
            made = lib.select(self.number(depth)).select_from(source)
            if self.flag():
                made = made.where(self.condition(depth))
            chosen = self.below(6)
            if chosen == 3:
                made = made.correlate(*outer[:1])
            elif chosen == 4:
                made = made.correlate_except(source)
            elif chosen == 5:
                made = made.correlate(None)
            if self.rarely():
                made = made.order_by(self.ordering(0)).limit(1)
        finally:
            self.scope = outer
        return made

    # strings

    def string(self, depth=2):
        lib = self.lib
        return self.one_of(
            depth,
            [
                self.string_column,
                lambda: lib.literal(self.pick(WORDS)),
                lambda: lib.literal_column("'lit'", lib.String),
            ],
            [
                lambda d: self.string(d) + self.string_operand(d),
                lambda d: self.string_operand(d) + self.string(d),
                lambda d: self.string(d).concat(self.string_operand(d)),
                lambda d: self.pick([lib.func.lower, lib.func.upper, lib.func.concat, lib.func.foo])(self.string(d)),
                lambda d: self.string(d).collate(self.pick(["NOCASE", "fr_FR", "Mixed-Case"])),
                lambda d: lib.collate(self.string(d), "C"),
                lambda d: self.string(d).label(self.name()),
                lambda d: self.string(d).regexp_replace(self.string_operand(d), self.pick(["z", ""])),
                lambda d: lib.cast(self.number(d), lib.String(9)),
                lambda d: lib.case((self.condition(d), self.string(d)), else_=self.string_operand(d)),
                lambda d: self.string(d).distinct(),
                lambda d: lib.func.coalesce(self.string(d), "none"),
            ],
        )

    def string_operand(self, depth):
        return self.pick(WORDS) if self.flag() else self.string(depth)

    # conditions

    def condition(self, depth=2):
        lib = self.lib
        return self.one_of(
            depth,
            [
                lambda: self.number_column() == self.pick(INTS),
                self.flag_column,
                lambda: lib.true(),
                lambda: lib.false(),
                lambda: self.any_column().is_(None),
                lambda: lib.literal_column("lit"),
            ],
            [
                self.comparison,
                self.comparison,
                self.conjunction,
                lambda d: lib.not_(self.condition(d)),
                lambda d: ~self.condition(d),
                self.membership,
                self.between,
                self.matching,
                self.identity,
                self.existence,
                self.quantified,
                self.tuples,
                lambda d: self.string(d) == self.string_operand(d),
                lambda d: self.condition(d) == self.pick([True, False, None]),
                lambda d: self.condition(d).label(self.name()),
                lambda d: self.condition(d).self_group(),
                lambda d: lib.type_coerce(self.number(d), lib.Boolean),
                lambda d: self.condition(d).is_distinct_from(self.condition(d)),
            ],
        )

    def flag_column(self):
        found = self.column_of(self.lib.Boolean)
        return self.library.alpha.c.flag if found is None else found

    def comparison(self, depth):
        left, right = self.number(depth), self.operand(depth)
        return self.pick(
            [
                lambda a, b: a == b,
                lambda a, b: a != b,
                lambda a, b: a < b,
                lambda a, b: a >= b,
                lambda a, b: b > a,
                lambda a, b: b <= a,
                lambda a, b: a.is_distinct_from(b),
                lambda a, b: a.is_not_distinct_from(b),
            ]
        )(left, right)

    def conjunction(self, depth):
        lib = self.lib
        parts = self.several(lambda: self.condition(depth), 1, 3)
        chosen = self.below(6)
        if chosen == 0:
            return lib.and_(*parts)
        if chosen == 1:
            return lib.or_(*parts)
        if chosen == 2:
            return parts[0] & parts[-1]
        if chosen == 3:
            return parts[0] | parts[-1]
        if chosen == 4:
            return lib.and_(True, *parts)
        return lib.or_(False, *parts)

    def membership(self, depth):
        lib = self.lib
        left = self.number(depth)
        chosen = self.below(7)
        if chosen == 0:
            right = self.several(lambda: self.pick(INTS))
        elif chosen == 1:
            right = self.several(lambda: self.operand(depth))
        elif chosen == 2:
            right = self.select_of(depth)
        elif chosen == 3:
            right = lib.bindparam("listed", self.several(lambda: self.pick(INTS)), expanding=True)
        elif chosen == 4:
            right = lib.bindparam("late", [1, 2], expanding=True, literal_execute=True)
        elif chosen == 5:
            right = lib.bindparam("needed", expanding=True)
        else:
            left, right = self.string(depth), self.several(lambda: self.pick(WORDS))
        return left.not_in(right) if self.flag() else left.in_(right)

    def tuples(self, depth):
        lib = self.lib
        left = lib.tuple_(self.number(depth), self.string(depth))
        chosen = self.below(4)
        if chosen == 0:
            return left.in_(self.several(lambda: (self.pick(INTS), self.pick(WORDS))))
        if chosen == 1:
            return left == lib.tuple_(self.number(depth), self.string(depth))
        if chosen == 2:
            return left.not_in([(self.pick(INTS), self.pick(WORDS))])
        return left < (self.pick(INTS), self.pick(WORDS))

    def between(self, depth):
        chosen = self.below(3)
        inner, low, high = self.number(depth), self.operand(depth), self.operand(depth)
        if chosen == 0:
            return inner.between(low, high)
        if chosen == 1:
            return inner.between(low, high, symmetric=True)
        return self.lib.between(inner, low, high)

    def matching(self, depth):
        left, right = self.string(depth), self.string_operand(depth)
        name = self.pick(
            ["like", "not_like", "ilike", "not_ilike", "startswith", "endswith", "contains", "istartswith", "iendswith"]
            + ["icontains", "match", "regexp_match"]
        )
        settings = {}
        if name in ("like", "not_like", "ilike", "not_ilike"):
            if self.flag():
                settings["escape"] = self.pick(["/", "\\", "'"])
        elif "with" in name or "contains" in name:
            if isinstance(right, str) and self.flag():
                settings["autoescape"] = True
            if self.rarely():
                settings["escape"] = "^"
        elif name == "regexp_match" and self.rarely():
            settings["flags"] = "i"
        return getattr(left, name)(right, **settings)

    def identity(self, depth):
        lib = self.lib
        left = self.number(depth)
        right = self.pick([None, True, False, lib.null(), lib.true()])
        return left.is_not(right) if self.flag() else left.is_(right)

    def existence(self, depth):
        lib = self.lib
        made = self.select_of(depth)
        chosen = self.below(4)
        if chosen == 0:
            return made.exists()
        if chosen == 1:
            return lib.exists(made.scalar_subquery()) if self.flag() else lib.exists(made)
        if chosen == 2:
            return lib.exists().where(self.condition(depth)).where(self.library.beta.c.id == self.number(0))
        return lib.exists(self.number(depth)).where(self.condition(depth)).select_from(self.library.odd)

    def quantified(self, depth):
        lib = self.lib
        quantifier = self.pick([lib.any_, lib.all_])
        right = self.select_of(depth).scalar_subquery() if self.flag() else lib.func.items(self.number(depth))
        left = self.operand(depth)
        return self.pick([lambda a, b: a == b, lambda a, b: a < b, lambda a, b: b != a])(
            left if hasattr(left, "compile") else lib.literal(left), quantifier(right)
        )
