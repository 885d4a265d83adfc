"""A statement taken apart: read-only views of its clauses, for code that builds another statement from them.

The statements are in ``select``, ``statement`` and ``sql.dml``; ``with_parts()`` puts changed parts back.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Tuple

from ... import exc

__all__ = [
    "CompoundParts", "DeleteParts", "HasParts", "InsertParts", "SelectParts", "StatementParts", "UpdateParts",
]  # fmt: skip


class StatementParts:
    """The clauses of one statement by public name; values are tuples, elements or None, never lists.

    Subclasses map each public name to the attribute of the statement that holds it.
    """

    __slots__ = ("_values",)
    attributes: Dict[str, str] = {}

    def __init__(self, statement: Any) -> None:
        self._values = {
            name: getattr(statement, attribute) for name, attribute in self.attributes.items()
        }

    def __getattr__(self, name: str) -> Any:
        if name == "_values":
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(
                "%s has no part %r; it has: %s"
                % (type(self).__name__, name, ", ".join(sorted(self.attributes)))
            ) from None

    def __dir__(self) -> Any:
        return sorted(self.attributes)

    def __iter__(self) -> Iterator[Tuple[str, Any]]:
        return iter(self._values.items())

    def __repr__(self) -> str:
        shown = ", ".join(
            "%s=%r" % pair
            for pair in self._values.items()
            if pair[1] is not None and not (isinstance(pair[1], tuple) and not pair[1])
        )
        return "%s(%s)" % (type(self).__name__, shown)


_SELECT_LIKE = {
    "order_by": "_order_by_clauses",
    "group_by": "_group_by_clauses",
    "limit": "_limit_clause",
    "offset": "_offset_clause",
    "fetch": "_fetch_clause",
    "fetch_options": "_fetch_clause_options",
    "for_update": "_for_update_arg",
    "label_style": "_label_style",
    "ctes": "_extra_ctes",
    "options": "_with_options",
    "execution_options": "_execution_options",
}


class SelectParts(StatementParts):
    """The clauses of a SELECT.

    ``joins`` holds tuples (target, onclause, left, isouter, full) as ``join()`` was called; ``froms`` what
    ``select_from()`` was given.
    """

    __slots__ = ()
    attributes = dict(
        _SELECT_LIKE,
        columns="_raw_columns",
        froms="_from_obj",
        joins="_joins_asked",
        where="_where_criteria",
        having="_having_criteria",
        distinct="_distinct",
        distinct_on="_distinct_on",
        correlate="_correlate",
        correlate_except="_correlate_except",
        auto_correlate="_auto_correlate",
        prefixes="_prefixes",
        suffixes="_suffixes",
        hints="_hints",
        statement_hints="_statement_hints",
        memoized_entities="_memoized_select_entities",
        extensions="_syntax_extensions",
    )

    @property
    def correlation(self) -> Tuple[Any, Any, bool]:
        """The sources to correlate, those not to, and whether correlation is automatic."""
        return self.correlate, self.correlate_except, self.auto_correlate


class CompoundParts(StatementParts):
    """The clauses of a UNION, INTERSECT or EXCEPT."""

    __slots__ = ()
    attributes = dict(_SELECT_LIKE, keyword="keyword", selects="selects")


_DML = {
    "table": "table",
    "returning": "_returning",
    "prefixes": "_prefixes",
    "hints": "_hints",
    "ctes": "_extra_ctes",
    "options": "_with_options",
    "execution_options": "_execution_options",
}


class InsertParts(StatementParts):
    """The clauses of an INSERT; ``values`` is a dictionary or None, ``multi_values`` rows as ``values()`` took them."""

    __slots__ = ()
    attributes = dict(
        _DML,
        values="_values",
        multi_values="_multi_values",
        select="select",
        select_names="_names_from_select",
        post_values="_after_values",
        return_defaults="_return_defaults",
        sort_by_parameter_order="_sort_by_parameter_order",
    )


class UpdateParts(StatementParts):
    """The clauses of an UPDATE."""

    __slots__ = ()
    attributes = dict(
        _DML,
        values="_values",
        ordered_values="_ordered_values",
        where="_where_criteria",
        return_defaults="_return_defaults",
    )


class DeleteParts(StatementParts):
    """The clauses of a DELETE."""

    __slots__ = ()
    attributes = dict(_DML, where="_where_criteria", using="_extra_froms")


class HasParts:
    """Adds ``parts`` and ``with_parts()`` to a statement class."""

    parts_class = StatementParts

    @property
    def parts(self) -> Any:
        """The clauses of this statement by name."""
        return self.parts_class(self)

    def with_parts(self, **changes: Any) -> Any:
        """Return a copy with these parts replaced; the values are taken as they are.

        :param changes: part name to new value: tuples of elements, elements or None, as ``parts``
            shows them.
        :raises ArgumentError: there is no such part.
        """
        attributes = self.parts_class.attributes
        unknown = sorted(set(changes) - set(attributes))
        if unknown:
            raise exc.ArgumentError(
                "%s has no part named %s; it has: %s"
                % (type(self).__name__, ", ".join(unknown), ", ".join(sorted(attributes)))
            )
        new = self._generate()  # type: ignore[attr-defined]
        for name, value in changes.items():
            setattr(new, attributes[name], tuple(value) if isinstance(value, list) else value)
        return new
