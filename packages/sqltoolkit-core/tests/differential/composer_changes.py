"""INSERT, UPDATE and DELETE that a string of bytes decides on, made alike with either library."""

from __future__ import annotations

from composer import INTS
from composer import WORDS
from composer_statements import Statements


class Changes(Statements):
    """Statements that change rows, with what may stand in them."""

    #: whether keys of parameters that come at execution may be given
    takes_keys = False

    def change(self):
        chosen = self.below(6)
        if chosen < 2:
            return self.insert()
        if chosen < 4:
            return self.update()
        if chosen == 4:
            return self.delete()
        return self.select_from_change()

    def target(self):
        library = self.library
        return self.pick([library.alpha, library.odd, library.beta, library.placed, library.plain])

    def value(self, table, column):
        """A value for a column: a plain one, an expression, a subquery or a parameter."""
        lib = self.lib
        chosen = self.below(6)
        if chosen == 1:
            self.scope = [table]
            return self.number(1)
        if chosen == 2:
            self.scope = [table]
            return self.select_of(1).scalar_subquery()
        if chosen == 3:
            return lib.bindparam("v_" + str(self.below(3)), 4)
        if chosen == 4:
            return None
        if isinstance(column.type, lib.String):
            return self.pick(WORDS)
        return self.pick(INTS)

    def row(self, table, least=0):
        columns = [self.pick(list(table.c)) for _ in range(least + self.below(3))]
        # each column once, in the order in which they were chosen
        return {column.key: self.value(table, column) for column in dict.fromkeys(columns)}

    def plain_row(self, table, keys):
        return {key: self.pick(INTS) for key in keys}

    def insert(self):
        lib = self.lib
        table = self.target()
        chosen = self.below(7)
        made = lib.insert(table)
        self.takes_keys = chosen in (0, 5, 6)
        if chosen == 0:
            made = made.values(**{}) if self.rarely() else made.values(self.row(table))
        elif chosen == 1:
            keys = [column.key for column in list(table.c)[: 1 + self.below(2)]]
            made = made.values([self.plain_row(table, keys) for _ in range(1 + self.below(2))])
        elif chosen == 2:
            self.scope = [self.library.beta]
            width = 1 + self.below(2)
            source = lib.select(*[self.number(1) for _ in range(width)]).select_from(self.library.beta)
            made = made.from_select(list(table.c.keys())[:width], source, include_defaults=self.flag())
        elif chosen == 3:
            made = made.values(tuple(self.pick(INTS) for _ in range(self.below(3))))
        elif chosen == 4:
            made = self.upsert(table)
        elif chosen == 5:
            made = made.values(self.row(table, 1)).inline()
        return self.finished(made, table)

    def upsert(self, table):
        lib = self.lib
        made = lib.dialects.sqlite.insert(table).values(self.row(table, 1))
        first = list(table.c)[0]
        chosen = self.below(5)
        if chosen == 0:
            return made.on_conflict_do_nothing()
        if chosen == 1:
            return made.on_conflict_do_nothing(index_elements=[first])
        if chosen == 2:
            return made.on_conflict_do_update(index_elements=[first.name], set_={first.key: made.excluded[first.key]})
        self.scope = [table]
        where = self.condition(1) if self.flag() else None
        set_ = {column.key: self.value(table, column) for column in list(table.c)[: 1 + self.below(2)]}
        return made.on_conflict_do_update(index_elements=[first], set_=set_ or {first.key: 1}, where=where)

    def update(self):
        lib = self.lib
        table = self.target()
        made = lib.update(table)
        chosen = self.below(5)
        self.takes_keys = True
        if chosen == 0:
            made = made.values(self.row(table, 1))
        elif chosen == 1:
            made = made.ordered_values(*self.row(table, 1).items())
        elif chosen == 2:
            other = self.pick([self.library.beta.alias("other"), self.library.alpha.alias("src"), self.library.odd])
            first = list(table.c)[-1]
            made = made.values({first.key: self.pick(list(other.c))}).where(list(table.c)[0] == list(other.c)[0])
        elif chosen == 3:
            made = made.values(self.row(table)).values(self.row(table, 1))
        self.scope = [table]
        made = made.where(*self.several(lambda: self.condition(1), 0, 2))
        if self.rarely():
            made = made.where(lib.exists(lib.select(self.common(1))))
        return self.finished(made, table)

    def delete(self):
        lib = self.lib
        table = self.target()
        self.scope = [table]
        made = lib.delete(table).where(*self.several(lambda: self.condition(2), 0, 2))
        if self.rarely():
            other = self.library.beta.alias("u")
            made = made.where(list(table.c)[0] == other.c.id)
        return self.finished(made, table)

    def finished(self, made, table):
        lib = self.lib
        for clause in self.several(lambda: self.below(6), 0, 2):
            if clause == 0:
                made = made.returning(*self.several(lambda: self.returned(table), 1, 3))
            elif clause == 1:
                made = made.prefix_with("PREFIX", dialect=self.pick(["*", "sqlite", "other"]))
            elif clause == 2:
                made = made.with_hint("HINT", dialect_name="*") if hasattr(made, "with_hint") else made
            elif clause == 3:
                made = made.add_cte(lib.select(self.library.beta.c.id).where(self.library.beta.c.x == 5).cte("extra"))
            elif clause == 4:
                made = made.return_defaults() if self.flag() and not isinstance(made, lib.Delete) else made
            else:
                made = made.returning(table)
        return made

    def returned(self, table):
        self.scope = [table]
        chosen = self.below(4)
        column = self.pick(list(table.c))
        if chosen == 0:
            return column
        if chosen == 1:
            return column.label(self.name())
        if chosen == 2:
            # SQLAlchemy leaves out the tables inside of a subquery, too
            return self.number_column() + self.pick(INTS)
        return self.lib.cast(column, self.lib.String(4))

    def select_from_change(self):
        lib = self.lib
        table = self.pick([self.library.alpha, self.library.odd])
        made = self.pick([
            lambda: lib.insert(table).values(self.row(table, 1)),
            lambda: lib.update(table).values(self.row(table, 1)),
            lambda: lib.delete(table).where(list(table.c)[0] == self.pick(INTS)),
        ])().returning(*list(table.c)[:2])  # fmt: skip
        common = made.cte(self.pick([None, "changed"]))
        query = lib.select(common)
        return query.where(lib.exists(lib.select(self.library.beta.c.id))) if self.flag() else query
