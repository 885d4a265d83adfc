"""Statements that a string of bytes decides on, made alike with either library."""

from __future__ import annotations

from composer import INTS
from composer import NAMES
from composer import WORDS
from composer import Expressions


class Statements(Expressions):
    """SELECT with all its clauses, set operations, CTEs and what stands in FROM."""

    def __init__(self, library, data):
        super().__init__(library, data)
        self.nested = self.aliases = 0
        # whether a subquery has two columns of one name, of which SQLAlchemy selects the first one twice
        self.ambiguous = self.valued = False

    # what stands in FROM

    def source(self, depth):
        library = self.library
        return self.one_of(
            depth,
            [
                lambda: library.alpha,
                lambda: library.beta,
                lambda: library.odd,
                lambda: library.plain,
                lambda: library.placed,
                lambda: library.alpha.alias(),
                lambda: library.alpha.alias(self.name()),
                lambda: library.odd.alias(),
                lambda: library.placed.alias("pl"),
            ],
            [
                self.subquery,
                self.subquery,
                self.common,
                self.joined,
                self.lateral,
                self.values_source,
                self.table_function,
                self.sampled,
                self.textual_source,
            ],
        )

    def subquery(self, depth):
        made = self.select(depth) if self.flag() else self.compound(depth)
        if self.flag():
            return self.noted(made.subquery() if self.flag() else made.alias())
        return self.noted(made.subquery(self.pick(["sub", "Sub Query", "anon_1", "a", "select"])))

    def noted(self, source):
        names = [column.name for column in source.c]
        self.ambiguous = self.ambiguous or len(set(names)) < len(names)
        return source

    def common(self, depth):
        chosen = self.below(7)
        if chosen == 6:
            return self.recursive(depth)
        inner = self.select(depth) if chosen < 4 else self.compound(depth)
        settings = {}
        if self.rarely():
            settings["nesting"] = True
        made = inner.cte(self.pick([None, "c", "cte two", "C3"]), **settings)
        if self.rarely():
            made = made.prefix_with("MATERIALIZED") if self.flag() else made.suffix_with("SEARCH x")
        self.noted(made)
        if not self.rarely():
            return made
        # SQLAlchemy refuses a second alias of that name, even in another subquery
        self.aliases += 1
        return made.alias(self.pick([None, "ca%d" % self.aliases]))

    def recursive(self, depth):
        lib = self.lib
        base = lib.select(self.library.alpha.c.id, lib.literal(0).label("level")).where(self.condition(0))
        made = base.cte(self.pick(["tree", None, "Tree"]), recursive=True, nesting=self.rarely())
        child = self.library.alpha.alias("child") if self.flag() else self.library.beta
        step = lib.select(child.c.id, made.c.level + 1).join(made, child.c.alpha_id == made.c.id)
        return made.union_all(step) if self.flag() else made.union(step)

    def joined(self, depth):
        lib = self.lib
        left, right = self.source(depth), self.source(depth)
        if left is right:
            right = right.alias("other")
        chosen = self.below(5)
        if chosen == 0:
            return lib.join(left, right, self.on(left, right, depth))
        if chosen == 1:
            return lib.outerjoin(left, right, self.on(left, right, depth), full=self.rarely())
        if chosen == 2:
            return lib.join(left, right)
        if chosen == 3:
            return left.join(right, self.on(left, right, depth), isouter=True)
        return left.outerjoin(right, lib.true() if self.flag() else self.on(left, right, depth))

    def on(self, left, right, depth):
        outer, self.scope = self.scope, [left, right]
        made = self.condition(min(depth, 1)) if self.rarely() else self.number_column() == self.number_column()
        self.scope = outer
        return made

    def lateral(self, depth):
        made = self.select(depth)
        return self.noted(made.lateral(self.pick([None, "lat"])))

    def values_source(self, depth):
        lib = self.lib
        if self.valued:
            # of VALUES that stand in a statement twice SQLAlchemy names the parameters again
            return self.library.beta
        self.valued = True
        made = lib.values(
            lib.column("id", lib.Integer), lib.column(self.pick(["v", "name", "a b"]), lib.String),
            name=self.pick(["vals", None, "my values"]), literal_binds=self.nested > 0 or self.rarely(),
        ).data([(self.pick(INTS), self.pick(WORDS)) for _ in range(1 + self.below(2))])  # fmt: skip
        chosen = self.below(4)
        if chosen == 1:
            return made.alias("va")
        if chosen == 2:
            return made.cte("vc")
        if chosen == 3 and made.named_with_column:
            return made.lateral("vl")
        return made

    def table_function(self, depth):
        lib = self.lib
        func = lib.func.json_each(self.pick(['["x"]', "[1]"]))
        chosen = self.below(6)
        if chosen == 0:
            return func.table_valued("key", lib.column("value", lib.Integer), name=self.pick([None, "tv"]))
        if chosen == 1:
            return func.table_valued("value", with_ordinality="ord").render_derived()
        if chosen == 2:
            return func.table_valued(lib.column("value", lib.Integer)).render_derived(name="d", with_types=self.flag())
        if chosen == 3:
            return lib.func.gen(1).table_valued("a b").alias("gg")
        if chosen == 4:
            return lib.func.gen(self.number(0)).table_valued("v", joins_implicitly=True)
        return func.table_valued("key").lateral("tl")

    def sampled(self, depth):
        lib = self.lib
        source = self.pick([self.library.alpha, self.library.beta.alias("sb")])
        return source.tablesample(self.pick([5, lib.func.bernoulli(3)]), name=self.pick([None, "ts"]),
                                  seed=self.pick([None, lib.func.random()]))  # fmt: skip

    def textual_source(self, depth):
        lib = self.lib
        bound = self.flag()
        made = lib.text("SELECT id, n FROM somewhere WHERE q = :" + ("bound" if bound else "textual")).columns(
            lib.column("id", lib.Integer), lib.column("n", lib.String)
        )
        if bound:
            made = made.bindparams(bound=self.pick(INTS))
        return made.cte("tc") if self.flag() else made.subquery(self.pick([None, "ts"]))

    # SELECT

    def result_column(self, depth):
        lib = self.lib
        chosen = self.below(10)
        if chosen == 0:
            return self.any_column()
        if chosen == 1:
            return self.any_column().label(self.pick(NAMES))
        if chosen == 2:
            return self.number(depth)
        if chosen == 3:
            return self.number(depth).label(self.pick(NAMES + [None]))
        if chosen == 4:
            return self.string(depth)
        if chosen == 5:
            return self.condition(depth)
        if chosen == 6:
            return self.pick(self.scope)
        if chosen == 7 and self.nested == 1:
            return lib.literal_column(self.pick(["1", "now()", "x AS y", "a.b"]))
        if chosen == 8:
            return lib.cast(self.any_column(), lib.String(3))
        return self.any_column()

    def select(self, depth=2):
        """A SELECT; inside of another one it may correlate with what that one selects from."""
        lib = self.lib
        outer = self.scope
        froms = self.several(lambda: self.source(depth - 1), 1, 2)
        self.scope = froms + (outer[:1] if self.nested and self.rarely() else [])
        self.nested += 1
        try:
            made = lib.select(*self.several(lambda: self.result_column(depth - 1), 1, 4))
            if self.flag():
                made = made.select_from(*froms)
            for clause in self.several(lambda: self.pick(self.clauses()), 0, 4):
                made = clause(made, depth - 1)
        finally:
            self.nested -= 1
            self.scope = outer
        return made

    def clauses(self):
        return [
            self.where,
            self.ordered,
            self.limited,
            self.grouped,
            self.labelled,
            self.distinct_rows,
            self.join_clause,
            self.locked,
            self.decorated,
            self.correlated,
            self.extended,
            self.reworked,
        ]

    def where(self, made, depth):
        return made.where(*self.several(lambda: self.condition(depth), 1, 2))

    def label_reference(self, made, depth):
        """What ORDER BY and GROUP BY may name: an expression, a label, a name."""
        lib = self.lib
        chosen = self.below(6)
        if chosen == 0:
            return self.ordering(depth)
        columns = list(made.selected_columns)
        if isinstance(made, lib.CompoundSelect):
            # in subqueries there SQLAlchemy leaves out some names of tables
            columns = [column for column in columns if "SELECT" not in str(column)]
        if chosen == 1 and columns:
            return self.pick(columns)
        if chosen == 2 and columns:
            return self.pick(columns).desc()
        if chosen == 3:
            return self.pick(["x", "id", "name", "a", "select", "no_such"])
        if chosen == 4:
            return lib.desc(self.pick(["x", "id", "a", "Mixed"]))
        if columns:
            return lib.nulls_last(self.pick(columns) + 1) if self.flag() else lib.func.lower(self.pick(columns))
        return lib.text("1")

    def ordered(self, made, depth):
        if self.rarely():
            return made.order_by(None)
        return made.order_by(*self.several(lambda: self.label_reference(made, depth), 1, 2))

    def limited(self, made, depth):
        lib = self.lib
        chosen = self.below(8)
        amount = self.pick([2, 0, lib.bindparam("lim", 3), lib.literal_column("4"), lib.literal(2) + 1])
        if chosen == 0:
            return made.limit(amount)
        if chosen == 1:
            return made.offset(amount)
        if chosen == 2:
            return made.limit(amount).offset(self.pick([1, lib.bindparam("off", 1), lib.literal_column("7")]))
        if chosen == 3:
            return made.fetch(amount)
        if chosen == 4:
            return made.fetch(amount, with_ties=True)
        if chosen == 5:
            return made.fetch(amount, percent=True).offset(1)
        if chosen == 6:
            return made.slice(1, 5)
        return made.limit(None).offset(None)

    def grouped(self, made, depth):
        made = made.group_by(*self.several(lambda: self.label_reference(made, depth), 1, 2))
        return made.having(self.condition(depth)) if self.flag() else made

    def labelled(self, made, depth):
        lib = self.lib
        return made.set_label_style(
            self.pick(
                [lib.LABEL_STYLE_TABLENAME_PLUS_COL, lib.LABEL_STYLE_NONE, lib.LABEL_STYLE_DISAMBIGUATE_ONLY]
            )
        )

    def named_after_tables(self, made, depth):
        return made.set_label_style(self.lib.LABEL_STYLE_TABLENAME_PLUS_COL)

    def distinct_rows(self, made, depth):
        return made.distinct()

    def join_clause(self, made, depth):
        target = self.source(depth)
        if any(target in source._from_objects for source in self.scope) or self.rarely():
            self.aliases += 1
            target = target.alias("again%d" % self.aliases)
        chosen = self.below(5)
        if chosen == 0:
            return made.join(target, self.number_column() == self.pick(INTS))
        if chosen == 1:
            return made.outerjoin(target, self.on(self.scope[0], target, depth))
        if chosen == 2 or self.scope[0] not in made.columns_clause_froms:
            return made.join(target)
        if chosen == 3:
            return made.join_from(self.scope[0], target, self.on(self.scope[0], target, depth), full=self.flag())
        return made.outerjoin_from(self.scope[0], target)

    def locked(self, made, depth):
        settings = {}
        for name in ("nowait", "read", "skip_locked", "key_share"):
            if self.rarely():
                settings[name] = True
        if self.rarely():
            settings["of"] = self.pick([self.library.alpha, self.library.alpha.c.id])
        return made.with_for_update(**settings)

    def decorated(self, made, depth):
        lib = self.lib
        chosen = self.below(5)
        if chosen == 0:
            return made.prefix_with("/*+ p */", lib.text("q"))
        if chosen == 1:
            return made.suffix_with("SUFFIX", dialect=self.pick(["*", "sqlite", "other"]))
        if chosen == 2:
            return made.with_hint(self.library.alpha, "HINT %(name)s")
        if chosen == 3:
            return made.with_statement_hint("STATEMENT HINT")
        return made.prefix_with("ONLY", dialect="sqlite")

    def correlated(self, made, depth):
        chosen = self.below(4)
        if chosen == 0:
            return made.correlate(None)
        if chosen == 1:
            return made.correlate(self.library.alpha)
        if chosen == 2:
            return made.correlate_except(self.library.alpha)
        return made.correlate_except(None)

    def extended(self, made, depth):
        lib = self.lib
        chosen = self.below(4)
        if chosen == 0:
            return made.add_columns(self.result_column(depth))
        if chosen == 1:
            return made.add_cte(lib.select(self.library.beta.c.id).cte("added"), nest_here=self.rarely())
        if chosen == 2:
            return made.select_from(self.source(depth))
        # of other sources SQLAlchemy does not always say properly what is wrong
        plain = all(isinstance(source, lib.Table) for source in self.scope)
        return made.filter_by(id=self.pick(INTS)) if plain else made

    def reworked(self, made, depth):
        lib = self.lib
        chosen = self.below(3)
        if chosen == 0:
            return made.with_only_columns(self.any_column(), self.number(depth))
        if chosen == 1:
            return made.with_only_columns(lib.func.count()).select_from(self.scope[0])
        return made.add_columns(lib.literal(9))

    # set operations

    def compound(self, depth=1, width=None):
        lib = self.lib
        outer = self.scope
        try:
            self.scope = [self.library.alpha, self.library.beta]
            width = width or 1 + self.below(2)
            members = self.several(lambda: self.member(depth, width), 2, 3)
            combine = self.pick([lib.union, lib.union_all, lib.except_, lib.intersect, lib.except_all, lib.intersect_all])
            made = combine(*members)
            for clause in self.several(lambda: self.pick([self.ordered, self.limited, self.named_after_tables]), 0, 2):
                made = clause(made, 0)
        finally:
            self.scope = outer
        return made

    def member(self, depth, width):
        lib = self.lib
        if depth > 0 and self.rarely():
            return self.compound(depth - 1, width)
        made = lib.select(*[self.number(max(depth - 1, 0)) for _ in range(width)])
        for clause in self.several(lambda: self.pick([self.where, self.ordered, self.limited, self.distinct_rows]), 0, 2):
            made = clause(made, 0)
        if self.rarely():
            inner = self.common(0)
            made = made.where(lib.exists(lib.select(inner)))
        return made

    def statement(self):
        chosen = self.below(5)
        if chosen < 3:
            return self.select(2)
        if chosen == 3:
            return self.compound(2)
        made = self.compound(1, 1)
        return self.pick([self.lib.union, self.lib.intersect_all])(made, self.member(0, 1))
