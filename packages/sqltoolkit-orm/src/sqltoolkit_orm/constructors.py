"""The functions that make mapped attributes: ``relationship()``, ``mapped_column()``, ``column_property()`` and kin.

What they return lives in ``properties``, ``relationships`` and ``descriptor_props``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql.schema import insert_sentinel
from sqltoolkit_core.util import warn_deprecated

from .descriptor_props import Composite
from .descriptor_props import Synonym
from .properties import MappedColumn
from .properties import MappedSQLExpression
from .properties import NO_DEFAULT
from .relationships import Relationship

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Optional
    from typing import Tuple
    from typing import TypeVar

    from sqltoolkit_core.sql.typing import SQLCoreOperations

    _T = TypeVar("_T")

__all__ = [
    "backref",
    "column_property",
    "composite",
    "deferred",
    "dynamic_loader",
    "mapped_column",
    "orm_insert_sentinel",
    "query_expression",
    "relationship",
    "synonym",
    "synonym_for",
    "unmapped_column",
]


def mapped_column(
    __name_pos: Any = None,
    __type_pos: Any = None,
    *args: Any,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    default: Any = NO_DEFAULT,
    default_factory: Any = NO_DEFAULT,
    compare: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    hash: Any = NO_DEFAULT,
    nullable: Any = NO_DEFAULT,
    primary_key: Any = False,
    deferred: Any = NO_DEFAULT,
    deferred_group: Optional[str] = None,
    deferred_raiseload: Optional[bool] = None,
    use_existing_column: bool = False,
    name: Optional[str] = None,
    type_: Any = None,
    autoincrement: Any = "auto",
    doc: Optional[str] = None,
    key: Optional[str] = None,
    index: Optional[bool] = None,
    unique: Optional[bool] = None,
    info: Any = None,
    onupdate: Any = None,
    insert_default: Any = NO_DEFAULT,
    server_default: Any = None,
    server_onupdate: Any = None,
    active_history: bool = False,
    quote: Optional[bool] = None,
    system: bool = False,
    comment: Optional[str] = None,
    sort_order: Any = NO_DEFAULT,
    dataclass_metadata: Any = NO_DEFAULT,
    **kw: Any
) -> MappedColumn[Any]:
    """Return a column of the mapped class whose body this is called in.

    The arguments are those of Column, and:

    :param init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: of the dataclass field.
    :param deferred: load the column when it is read.
    :param deferred_group: load it together with the others of this group.
    :param deferred_raiseload: reading it without an option that loads it is an error.
    :param use_existing_column: use the column that the inherited table has of this name.
    :param insert_default: the default of the column, where ``default`` is that of the dataclass.
    :param active_history: load the old value before a change.
    :param sort_order: the place among the columns of the table.
    """
    for option, value, absent in (
        ("primary_key", primary_key, False),
        ("autoincrement", autoincrement, "auto"),
        ("doc", doc, None),
        ("key", key, None),
        ("index", index, None),
        ("unique", unique, None),
        ("info", info, None),
        ("onupdate", onupdate, None),
        ("server_default", server_default, None),
        ("server_onupdate", server_onupdate, None),
        ("quote", quote, None),
        ("system", system, False),
        ("comment", comment, None),
        ("name", name, None),
        ("type_", type_, None),
        ("nullable", nullable, NO_DEFAULT),
        ("insert_default", insert_default, NO_DEFAULT),
        ("deferred", deferred, NO_DEFAULT),
        ("sort_order", sort_order, NO_DEFAULT),
    ):
        if value is not absent:
            kw[option] = value
    if default is not NO_DEFAULT and insert_default is not NO_DEFAULT:
        raise core_exc.ArgumentError(
            "A column has one default: mapped_column() takes 'default', which dataclasses show as well, or "
            "'insert_default', not both"
        )
    return MappedColumn(
        *_positional(__name_pos, __type_pos, args),
        deferred_group=deferred_group,
        deferred_raiseload=deferred_raiseload,
        use_existing_column=use_existing_column,
        active_history=active_history,
        attribute_options=_field_options(
            init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
        ),
        **kw
    )


def _positional(name: Any, type_: Any, args: Tuple[Any, ...]) -> Tuple[Any, ...]:
    if args:
        return (name, type_) + args
    if type_ is not None:
        return name, type_
    return (name,) if name is not None else ()


def _field_options(
    init: Any,
    repr_: Any,
    default: Any,
    default_factory: Any,
    compare: Any,
    kw_only: Any,
    hash_: Any,
    metadata: Any,
) -> Dict[str, Any]:
    given = {
        "init": init,
        "repr": repr_,
        "default": default,
        "default_factory": default_factory,
        "compare": compare,
        "kw_only": kw_only,
        "hash": hash_,
        "metadata": metadata,
    }
    return {name: value for name, value in given.items() if value is not NO_DEFAULT}


def unmapped_column(
    __name_pos: Any = None,
    __type_pos: Any = None,
    *args: Any,
    init: Any = NO_DEFAULT,
    nullable: Any = NO_DEFAULT,
    primary_key: Any = False,
    autoincrement: Any = "auto",
    use_existing_column: bool = False,
    name: Optional[str] = None,
    type_: Any = None,
    index: Optional[bool] = None,
    unique: Optional[bool] = None,
    info: Any = None,
    default: Any = NO_DEFAULT,
    insert_default: Any = NO_DEFAULT,
    onupdate: Any = None,
    server_default: Any = None,
    server_onupdate: Any = None,
    quote: Optional[bool] = None,
    system: bool = False,
    comment: Optional[str] = None,
    sort_order: Any = NO_DEFAULT,
    **kw: Any
) -> MappedColumn[Any]:
    """Return a column of the class's table that the mapper leaves out; for annotations ``Unmapped[...]``."""
    refused = [name for name in ("deferred", "deferred_group", "deferred_raiseload", "active_history") if name in kw]
    if refused:
        raise core_exc.ArgumentError(
            "unmapped_column() takes no %s, which are arguments of mapped attributes"
            % ", ".join(repr(name) for name in refused)
        )
    return mapped_column(
        __name_pos,
        __type_pos,
        *args,
        init=init,
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=autoincrement,
        use_existing_column=use_existing_column,
        name=name,
        type_=type_,
        index=index,
        unique=unique,
        info=info,
        default=default,
        insert_default=insert_default,
        onupdate=onupdate,
        server_default=server_default,
        server_onupdate=server_onupdate,
        quote=quote,
        system=system,
        comment=comment,
        sort_order=sort_order,
        unmapped=True,
        **kw
    )


def orm_insert_sentinel(
    name: Optional[str] = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> MappedColumn[Any]:
    """Return a column by which rows of an INSERT of many are told apart where no other column can.

    :param name: its name.
    :param type_: its type; Integer by default.
    :param default: makes its values.
    :param omit_from_statements: leave it out of what queries select.
    """
    # a constructor of a dataclass can go without it
    made: MappedColumn[Any] = MappedColumn(attribute_options={"default": None})
    made.column = insert_sentinel(name, type_, default=default, omit_from_statements=omit_from_statements)
    made.has_nullable = True
    return made


def column_property(
    column: SQLCoreOperations[_T],
    *additional_columns: Any,
    group: Optional[str] = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    default: Any = NO_DEFAULT,
    default_factory: Any = NO_DEFAULT,
    compare: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    hash: Any = NO_DEFAULT,
    active_history: bool = False,
    expire_on_flush: bool = True,
    info: Any = None,
    doc: Optional[str] = None,
    dataclass_metadata: Any = NO_DEFAULT
) -> MappedSQLExpression[_T]:
    """Return an attribute for a column, or for an SQL expression that is loaded with the row.

    :param column: the column or expression.
    :param additional_columns: columns of joined tables that hold the same.
    :param group: load it together with the deferred others of this group.
    :param deferred: load it when it is read.
    :param raiseload: reading it without an option that loads it is an error.
    :param comparator_factory: the class of its operators.
    :param active_history: load the old value before a change.
    :param expire_on_flush: expire an expression when its object is flushed.
    :param init, default, default_factory, kw_only: deprecated; for the dataclass the attribute is only to be read.
    """
    _warn_read_only(init=init, default=default, default_factory=default_factory, kw_only=kw_only)
    if init is NO_DEFAULT:
        init = False
    return MappedSQLExpression(
        column,
        *additional_columns,
        attribute_options=_field_options(
            init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
        ),
        group=group,
        deferred=deferred,
        raiseload=raiseload,
        comparator_factory=comparator_factory,
        active_history=active_history,
        expire_on_flush=expire_on_flush,
        info=info,
        doc=doc
    )


def _warn_read_only(**given: Any) -> None:
    for name, value in given.items():
        if value is not NO_DEFAULT:
            warn_deprecated(
                "The argument %s of column_property() is deprecated: in the constructor of a dataclass the attribute "
                "has no part; use mapped_column() or deferred() for one that is written" % name,
                "2.1",
            )


def deferred(
    column: SQLCoreOperations[_T],
    *additional_columns: Any,
    group: Optional[str] = None,
    raiseload: bool = False,
    comparator_factory: Any = None,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    default: Any = NO_DEFAULT,
    default_factory: Any = NO_DEFAULT,
    compare: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    hash: Any = NO_DEFAULT,
    active_history: bool = False,
    expire_on_flush: bool = True,
    info: Any = None,
    doc: Optional[str] = None,
    dataclass_metadata: Any = NO_DEFAULT
) -> MappedSQLExpression[_T]:
    """Return an attribute for a column that is loaded when it is read; the arguments are those of column_property()."""
    return MappedSQLExpression(
        column,
        *additional_columns,
        attribute_options=_field_options(
            init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
        ),
        group=group,
        deferred=True,
        raiseload=raiseload,
        comparator_factory=comparator_factory,
        active_history=active_history,
        expire_on_flush=expire_on_flush,
        info=info,
        doc=doc
    )


def query_expression(
    default_expr: Any = None,
    *,
    repr: Any = NO_DEFAULT,
    compare: Any = NO_DEFAULT,
    expire_on_flush: bool = True,
    info: Any = None,
    doc: Optional[str] = None
) -> MappedSQLExpression[Any]:
    """Return an attribute that a query fills with an expression of its own, by ``with_expression()``.

    :param default_expr: the expression where a query gives none; NULL by default.
    """
    from sqltoolkit_core.sql.expression import null

    return MappedSQLExpression(
        null() if default_expr is None else default_expr,
        attribute_options=_field_options(
            False, repr, NO_DEFAULT, NO_DEFAULT, compare, NO_DEFAULT, NO_DEFAULT, NO_DEFAULT
        ),
        query_expression=True,
        expire_on_flush=expire_on_flush,
        info=info,
        doc=doc
    )


def composite(
    _class_or_attr: Any = None,
    *attrs: Any,
    group: Optional[str] = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    active_history: bool = False,
    return_none_on: Any = NO_DEFAULT,
    column_template: Any = None,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    default: Any = NO_DEFAULT,
    default_factory: Any = NO_DEFAULT,
    compare: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    hash: Any = NO_DEFAULT,
    info: Any = None,
    doc: Optional[str] = None,
    dataclass_metadata: Any = NO_DEFAULT
) -> Composite[Any]:
    """Return an attribute whose value is an object made from several columns.

    :param attrs: the class of the value, where no annotation gives it, then columns, attributes or their names.
    :param return_none_on: a function of the columns' values: where it is true the value is None.
    :param group, deferred, raiseload, active_history: for the columns.
    :param comparator_factory: the class of its operators.
    """
    return Composite(
        _class_or_attr,
        *attrs,
        attribute_options=_field_options(
            init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
        ),
        group=group,
        deferred=deferred,
        raiseload=raiseload,
        comparator_factory=comparator_factory,
        active_history=active_history,
        return_none_on=return_none_on,
        column_template=column_template,
        info=info,
        doc=doc
    )


def synonym(
    name: str,
    *,
    map_column: Optional[bool] = None,
    descriptor: Any = None,
    comparator_factory: Any = None,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    default: Any = NO_DEFAULT,
    default_factory: Any = NO_DEFAULT,
    compare: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    hash: Any = NO_DEFAULT,
    info: Any = None,
    doc: Optional[str] = None,
    dataclass_metadata: Any = NO_DEFAULT
) -> Synonym[Any]:
    """Return another name for an attribute.

    :param name: the attribute.
    :param map_column: map the column of the synonym's own name under ``name``.
    :param descriptor: what stands on the class instead, such as a property.
    :param comparator_factory: the class of its operators.
    """
    return Synonym(
        name,
        map_column=map_column,
        descriptor=descriptor,
        comparator_factory=comparator_factory,
        attribute_options=_field_options(
            init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
        ),
        info=info,
        doc=doc
    )


def synonym_for(name: str, map_column: bool = False) -> Callable[[Any], Synonym[Any]]:
    """Return a decorator that makes a property of the class the face of a synonym.

    :param name: the attribute behind it.
    :param map_column: map the column of the synonym's own name under ``name``.
    """

    def decorate(fn: Any) -> Synonym[Any]:
        return synonym(name, map_column=map_column, descriptor=fn)

    return decorate


def relationship(
    argument: Any = None,
    secondary: Any = None,
    *,
    uselist: Optional[bool] = None,
    collection_class: Any = None,
    primaryjoin: Any = None,
    secondaryjoin: Any = None,
    back_populates: Any = None,
    order_by: Any = False,
    backref: Any = None,
    overlaps: Optional[str] = None,
    post_update: bool = False,
    cascade: Any = "save-update, merge",
    viewonly: bool = False,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    default: Any = NO_DEFAULT,
    default_factory: Any = NO_DEFAULT,
    compare: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    hash: Any = NO_DEFAULT,
    lazy: Any = "select",
    passive_deletes: Any = False,
    passive_updates: bool = True,
    active_history: bool = False,
    enable_typechecks: bool = True,
    foreign_keys: Any = None,
    remote_side: Any = None,
    join_depth: Optional[int] = None,
    comparator_factory: Any = None,
    single_parent: bool = False,
    innerjoin: Any = False,
    distinct_target_key: Optional[bool] = None,
    load_on_pending: bool = False,
    query_class: Any = None,
    info: Any = None,
    omit_join: Optional[bool] = None,
    sync_backref: Optional[bool] = None,
    dataclass_metadata: Any = NO_DEFAULT,
    **kw: Any
) -> Relationship[Any]:
    """Return an attribute that leads to objects of a mapped class.

    :param argument: the class, or its name; may come from the annotation instead.
    :param secondary: the table, or its name, whose rows connect the two sides where many belong to many.
    :param uselist: whether the attribute holds several objects.
    :param collection_class: the class of the collection.
    :param primaryjoin, secondaryjoin: the join conditions, where foreign keys do not tell them.
    :param back_populates: the relationship of the other class that is the other end of this one.
    :param backref: make that other end, under this name.
    :param order_by: the order in which a collection is loaded.
    :param overlaps: relationships that may write the same column without a warning.
    :param post_update: write the foreign key by an UPDATE of its own.
    :param cascade: what goes on to related objects: a list of save-update, merge, refresh-expire, expunge, delete,
        delete-orphan; or all.
    :param viewonly: only for reading.
    :param init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: of the dataclass field.
    :param lazy: how it is loaded: select, joined, selectin, subquery, immediate, raise, raise_on_sql, noload, dynamic,
        write_only.
    :param passive_deletes: do not load what the database deletes or clears by itself; "all": never touch it.
    :param passive_updates: the database follows changed keys.
    :param active_history: load the old object before a change.
    :param enable_typechecks: refuse objects of subclasses that cannot be loaded again.
    :param foreign_keys, remote_side: columns of the join condition that are references, and those of the target.
    :param join_depth: how deep a self-referential relationship is loaded eagerly.
    :param comparator_factory: the class of its operators.
    :param single_parent: an object may have one parent only.
    :param innerjoin: load eagerly by INNER JOIN; "nested" or "unnested".
    :param distinct_target_key: DISTINCT in the inner query of subquery loading.
    :param load_on_pending: load for objects that are not flushed yet.
    :param query_class: the class of the query of a dynamic relationship.
    :param omit_join: leave out a join in selectin loading.
    :param sync_backref: follow the other end in memory.
    """
    if default is not NO_DEFAULT and default is not None:
        raise core_exc.ArgumentError(
            "The default of a relationship() in a dataclass can be None only, not %r" % (default,)
        )
    if cascade == "save-update, merge":
        cascade = False
    return Relationship(
        argument,
        secondary=secondary,
        uselist=uselist,
        collection_class=collection_class,
        primaryjoin=primaryjoin,
        secondaryjoin=secondaryjoin,
        back_populates=back_populates,
        order_by=order_by,
        backref=backref,
        overlaps=overlaps,
        post_update=post_update,
        cascade=cascade,
        viewonly=viewonly,
        attribute_options=_field_options(
            init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
        ),
        lazy=lazy,
        passive_deletes=passive_deletes,
        passive_updates=passive_updates,
        active_history=active_history,
        enable_typechecks=enable_typechecks,
        foreign_keys=foreign_keys,
        remote_side=remote_side,
        join_depth=join_depth,
        comparator_factory=comparator_factory,
        single_parent=single_parent,
        innerjoin=innerjoin,
        distinct_target_key=distinct_target_key,
        load_on_pending=load_on_pending,
        query_class=query_class,
        info=info,
        omit_join=omit_join,
        sync_backref=sync_backref,
        **kw
    )


def dynamic_loader(argument: Any = None, **kw: Any) -> Relationship[Any]:
    """Return a relationship that is read through a query: ``relationship(..., lazy="dynamic")``."""
    kw["lazy"] = "dynamic"
    return relationship(argument, **kw)


def backref(name: str, **kwargs: Any) -> Tuple[str, Dict[str, Any]]:
    """Return the argument ``backref`` of relationship() with options for the other end.

    :param name: what the attribute at the other end is called.
    :param kwargs: arguments of its relationship().
    """
    return name, kwargs
