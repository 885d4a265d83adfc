"""RelationshipProperty: one relationship, from what the user says to what loading and flushing ask.

The join is in ``join_condition``, the operators in ``comparator``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import log
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.util import memoized_property
from sqltoolkit_core.util import warn
from sqltoolkit_core.util import warn_deprecated

from .. import attributes
from .. import collections
from ..base import MANYTOONE
from ..base import Mapped
from ..base import ONETOMANY
from ..base import PASSIVE_MERGE
from ..base import PASSIVE_NO_RESULT
from ..base import PassiveFlag
from ..base import STATE_ATTR
from ..base import instance_dict
from ..base import instance_state
from ..interfaces import IntrospectsAnnotations
from ..interfaces import StrategizedProperty
from ..properties import make_impl
from ..properties import register_attribute
from ..typing import T_co
from .arguments import CascadeOptions
from .arguments import VIEWONLY_CASCADES
from .arguments import resolve_arguments
from .arguments import target_mapper
from .comparator import RelationshipComparator
from .comparator import optimized_compare
from .join_condition import JoinCondition

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["Relationship", "RelationshipProperty"]

_DEFAULT_CASCADE = "save-update, merge"


@log.class_logger
class RelationshipProperty(StrategizedProperty, IntrospectsAnnotations, log.Identified):
    """A mapped attribute that leads to objects of another mapped class, or of the same one.

    The arguments are those of ``relationship()``.
    """

    inherit_cache = True
    kind = "relationship"
    links_to_entity = True
    Comparator = RelationshipComparator

    def __init__(
        self,
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
        cascade: Any = False,
        viewonly: bool = False,
        attribute_options: Optional[Dict[str, Any]] = None,
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
        doc: Optional[str] = None,
        bake_queries: bool = True,
        cascade_backrefs: bool = False,
        local_remote_pairs: Any = None,
        _legacy_inactive_history_style: bool = False,
    ) -> None:
        super().__init__()
        self.argument = argument
        self.secondary = secondary
        self.primaryjoin = primaryjoin
        self.secondaryjoin = secondaryjoin
        self.uselist: Any = uselist
        self.collection_class = collection_class
        self.collection_factory: Any = None
        self.back_populates = back_populates
        self.backref = backref
        self.order_by = order_by
        self.post_update = post_update
        self.viewonly = viewonly
        self.lazy = lazy
        self.passive_deletes = passive_deletes
        self.passive_updates = passive_updates
        self.active_history = active_history
        self._legacy_inactive_history_style = _legacy_inactive_history_style
        self.enable_typechecks = enable_typechecks
        self.foreign_keys_argument = foreign_keys
        self.remote_side_argument = remote_side
        self.foreign_key_columns_argument: List[Any] = []
        self.remote_side_columns_argument: List[Any] = []
        self.join_depth = join_depth
        self.comparator_factory = comparator_factory or RelationshipComparator
        self.single_parent = single_parent
        self.innerjoin = innerjoin
        self.distinct_target_key = distinct_target_key
        self.load_on_pending = load_on_pending
        self.query_class = query_class
        self.omit_join = omit_join
        self.doc = doc
        self.dataclass_arguments = attribute_options
        self.overlaps = set(name.strip() for name in overlaps.split(",")) if overlaps else set()
        self.reverse_properties: Set[RelationshipProperty] = set()
        self.direction: Any = None
        if info is not None:
            self.info.update(info)
        if local_remote_pairs:
            self.remote_side_argument = [remote for _, remote in local_remote_pairs]
        self.sync_backref = sync_backref
        if cascade_backrefs:
            raise core_exc.ArgumentError("cascade_backrefs= of relationship() has one value left, False")
        if back_populates and backref:
            raise core_exc.ArgumentError(
                "back_populates= and backref= are two ways to say one thing; give one"
            )
        if omit_join:
            warn(
                "omit_join=True of a relationship() may give wrong members; leave it out, and selectin loading does "
                "without the join where that is safe"
            )
        self._check_viewonly_arguments()
        self.strategy_key = (("lazy", self.lazy),)
        # None stands for no cascades
        self.cascade_given = cascade is not False
        self._set_cascade(cascade if self.cascade_given else _DEFAULT_CASCADE)

    def _check_viewonly_arguments(self) -> None:
        if not self.viewonly:
            return
        for name, value, default in (
            ("passive_deletes", self.passive_deletes, False),
            ("passive_updates", self.passive_updates, True),
            ("enable_typechecks", self.enable_typechecks, True),
            ("active_history", self.active_history, False),
        ):
            if value != default:
                warn("A relationship that is viewonly writes nothing, so that %s=%r has no meaning" % (name, value))
        if self.sync_backref:
            raise core_exc.ArgumentError("sync_backref=True has no meaning for a viewonly relationship, "
                                         "which follows nothing")

    # -- cascade -----------------------------------------------------------------------------------------------------

    @property
    def cascade(self) -> CascadeOptions:
        """The cascades of the relationship."""
        return self._cascade

    @cascade.setter
    def cascade(self, cascade: Any) -> None:
        self._set_cascade(cascade)

    def _set_cascade(self, given: Any) -> None:
        cascade = CascadeOptions(given)
        if self.viewonly:
            # the others lead to writing
            cascade = CascadeOptions(cascade & VIEWONLY_CASCADES)
        self._cascade = cascade
        if self.__dict__.get("_initialised"):
            self._check_cascade()

    def _check_cascade(self) -> None:
        if self.cascade.delete_orphan and not self.single_parent and (
            self.direction is not None and self.direction is not ONETOMANY
        ):
            kind = "many-to-one" if self.direction is MANYTOONE else "many-to-many"
            raise core_exc.ArgumentError(
                "The %s relationship %s has a delete-orphan cascade, and here, unlike in a collection that "
                "owns its members, a \"%s\" may have several parents. If each belongs to one \"%s\" "
                "only, say single_parent=True on %s."
                % (kind, self, self.mapper.class_.__name__, self.parent.class_.__name__, self),
                code="bbf0",
            )
        if self.passive_deletes == "all" and ("delete" in self.cascade or "delete-orphan" in self.cascade):
            raise core_exc.ArgumentError(
                "%s has passive_deletes='all', which leaves deleting to the database, and a 'delete' or "
                "'delete-orphan' cascade; choose one" % self
            )
        if self.cascade.delete_orphan:
            self.mapper.primary_mapper().delete_orphans.append((self.key, self.parent.class_))

    # -- in a class body ---------------------------------------------------------------------------------------------

    def declarative_scan(
        self,
        decl_scan: Any,
        registry: Any,
        cls: Any,
        originating_module: Optional[str],
        key: str,
        mapped_container: Any,
        annotation: Any,
        extracted_mapped_annotation: Any,
        is_dataclass_field: bool,
    ) -> None:
        if extracted_mapped_annotation is None:
            if self.argument is None:
                raise self.missing_annotation(cls, key)
            return
        decl_scan.read_relationship_annotation(
            self, originating_module, key, mapped_container, extracted_mapped_annotation
        )
        if is_dataclass_field:
            self._check_default_factory(cls, key)

    def _check_default_factory(self, cls: Any, key: str) -> None:
        """Refuse a default_factory that makes anything but the empty collection, which the attribute makes itself."""
        factory = (self.dataclass_arguments or {}).get("default_factory")
        if factory is None:
            return
        accepted: List[Any] = []
        if self.uselist is not False:
            found = self.collection_class or list
            plain = (list, set, dict)
            accepted = [found]
            accepted += [each for each in plain if not isinstance(found, type) or issubclass(found, each)]
        if not any(factory is each for each in accepted):
            raise core_exc.ArgumentError(
                "The default_factory of relationship %s.%s is %r; it can only be %s"
                % (cls.__name__, key, factory, " or ".join(map(repr, accepted)) or "left out, as it holds one object")
            )

    # -- instrumentation ---------------------------------------------------------------------------------------------

    def instrument_class(self, mapper: Any) -> None:
        register_attribute(mapper, self, comparator=self.comparator_factory(self, mapper), impl_class=None)

    def register_impl(self, mapper: Any, impl_class: Any = None, loader: Any = None, **kw: Any) -> Any:
        """Give the attribute of a mapped class its implementation; return the implementation.

        :param mapper: the mapper.
        :param impl_class: another kind of implementation than the relationship's own.
        :param loader: ``fn(state, passive)`` for values that are not loaded.
        :param kw: arguments of the implementation.
        """
        attribute = mapper.class_manager[self.key]
        if impl_class is None:
            impl_class = (
                attributes.CollectionAttributeImpl if self.uselist else attributes.ScalarObjectAttributeImpl
            )
        # the key of the old object, which the flush needs, is not among the object's own values
        late_history = not self.uselist and (
            self.direction is not MANYTOONE or (not self.use_get and not self.viewonly)
        )
        arguments: Dict[str, Any] = {
            "trackparent": not self.viewonly and (self.single_parent or self.direction is ONETOMANY),
            "active_history": self.active_history or (late_history and self._legacy_inactive_history_style),
            "loader": loader,
            "send_modified_events": not self.viewonly,
        }
        if self.uselist and issubclass(impl_class, attributes.CollectionAttributeImpl):
            arguments["collection_factory"] = self._collection_factory()
        arguments.update(kw)
        impl = make_impl(mapper, self, attribute, impl_class, **arguments)
        if late_history and not impl.active_history:
            impl.loads_old_for_history = True
        attribute.impl = impl
        if self.single_parent:
            impl.follow(_SingleParent(self))
        if self._follows_backref():
            impl.follow(attributes.BackrefFollower(impl, self.back_populates))
        mapper.class_manager.refresh_listeners(self.key)
        return impl

    def _follows_backref(self) -> bool:
        if not self.back_populates:
            return False
        if self.viewonly:
            return bool(self.sync_backref)
        return self.sync_backref is not False

    def _collection_factory(self) -> Any:
        if self.collection_factory is None:
            self.collection_factory = collections.prepare_factory(self.collection_class or list)
        return self.collection_factory

    def post_instrument_class(self, mapper: Any) -> None:
        attribute = mapper.class_manager.get(self.key)
        if attribute is None or attribute.comparator.prop is not self:
            return
        if attribute.impl is None:
            self.register_impl(mapper)
        self.strategy.init_class_attribute(mapper)

    # -- configuration -----------------------------------------------------------------------------------------------

    @memoized_property
    def entity(self) -> Any:
        """The mapper or aliased entity that the relationship leads to."""
        self.parent.check_configure()
        return self._find_entity()

    def _find_entity(self) -> Any:
        found = self.__dict__.get("entity")
        if found is None:
            found = self.__dict__["entity"] = target_mapper(self)
        return found

    @memoized_property
    def mapper(self) -> Any:
        """The mapper that the relationship leads to."""
        return self._find_entity().mapper

    @property
    def target(self) -> Any:
        """What the target is selected from."""
        return self.entity.selectable

    @property
    def parent_token(self) -> RelationshipProperty:
        """Stands for the attribute across the classes of a hierarchy."""
        return self

    @memoized_property
    def is_self_referential(self) -> bool:
        """Whether parent and target are one class, or of one hierarchy."""
        return bool(self.mapper.common_parent(self.parent))

    def do_init(self) -> None:
        entity = self._find_entity()
        self.__dict__["mapper"] = entity.mapper
        if self.parent.registry is not entity.mapper.registry:
            self.parent.registry.note_dependency(entity.mapper.registry)
        resolve_arguments(self)
        self._set_up_joins()
        if self.uselist is None:
            self.uselist = self.direction is not MANYTOONE
        if self.uselist and "default" in (self.dataclass_arguments or {}):
            raise core_exc.ArgumentError(
                "Relationship %s holds a collection, so it has no default in a dataclass; default_factory=%s makes the "
                "argument of the constructor optional" % (self, getattr(self.collection_class, "__name__", "list"))
            )
        if not self.viewonly or self.cascade_given:
            self.__dict__["_initialised"] = True
            self._check_cascade()
        self._generate_backref()
        self._join_with_reverse()
        self._warn_overlaps()
        if self.lazy == "noload":
            warn_deprecated(
                "lazy='noload' of relationship %s is deprecated: it says of related objects that there are none; "
                "use 'raise', or 'write_only' for large collections" % self,
                "2.1",
            )

    def _set_up_joins(self) -> None:
        join = self.join_condition = JoinCondition(self, support_sync=not self.viewonly)
        self.primaryjoin = join.primaryjoin
        self.secondaryjoin = join.secondaryjoin
        self.secondary = join.secondary
        self.direction = join.direction
        self.local_remote_pairs = join.local_remote_pairs
        self.remote_side = join.remote_columns
        self.local_columns = join.local_columns
        self.synchronize_pairs = join.synchronize_pairs
        self.secondary_synchronize_pairs = join.secondary_synchronize_pairs
        self.foreign_key_columns = join.foreign_key_columns

    @memoized_property
    def use_get(self) -> bool:
        """Whether a many-to-one finds its object by primary key alone, so that the identity map may answer."""
        return self.direction is MANYTOONE and self.finds_by_key

    @memoized_property
    def finds_by_key(self) -> bool:
        """Whether the object is found by primary key alone: also where two tables share their keys."""
        if self.secondary is not None or self.entity.is_aliased_class or self.uselist:
            return False
        pairs = self.join_condition.simple_pairs()
        if pairs is None:
            return False
        mapper = self.mapper
        if mapper.single_table_criterion is not None and mapper.inherits is not None and mapper.concrete:
            return False
        return self._get_columns() is not None

    def _get_columns(self) -> Optional[Tuple[Any, ...]]:
        equal = self.mapper.equivalent_columns
        by_remote: Dict[Any, Any] = {}
        for local, remote in self.local_remote_pairs:
            by_remote[remote] = local
            for other in equal.get(remote, ()):
                by_remote.setdefault(other, local)
        found = [by_remote.get(column) for column in self.mapper.primary_key]
        if any(column is None for column in found) or len(found) != len(self.local_remote_pairs):
            return None
        return tuple(found)

    @memoized_property
    def get_columns(self) -> Tuple[Any, ...]:
        """The local columns that make the primary key of the target, in its order; for ``use_get`` relationships."""
        return self._get_columns() or ()

    # -- the other end -----------------------------------------------------------------------------------------------

    def _generate_backref(self) -> None:
        if self.backref is None or self.parent.non_primary:
            return
        name, given = (self.backref, {}) if isinstance(self.backref, str) else self.backref
        mapper = self.mapper.primary_mapper()
        self._check_backref_name(mapper, name)
        present = mapper.class_.__dict__.get(name)
        if present is not None and not isinstance(present, attributes.QueryableAttribute):
            warn_deprecated(
                "The backref '%s' of %s takes the place of %r, which class %s has under that name; it will be an error"
                % (name, self, present, mapper.class_.__name__),
                "2.0",
            )
        arguments: Dict[str, Any] = dict(given)
        if self.secondary is not None:
            arguments.setdefault("primaryjoin", _without_sides(self.join_condition.secondaryjoin))
            arguments.setdefault("secondaryjoin", _without_sides(self.join_condition.primaryjoin))
        else:
            if "primaryjoin" not in given:
                arguments["primaryjoin"] = self._primaryjoin_for_reverse()
            if arguments.pop("secondaryjoin", None) is not None:
                raise core_exc.InvalidRequestError(
                    "A backref has a secondaryjoin where its relationship has no secondary table"
                )
        if not self.viewonly:
            arguments.setdefault("viewonly", self.viewonly)
        else:
            arguments.setdefault("viewonly", True)
            arguments.setdefault("sync_backref", self.sync_backref)
        arguments.setdefault("post_update", self.post_update)
        if self.foreign_keys_argument is not None and not self.join_condition.foreign_given_by_marks:
            arguments.setdefault("foreign_keys", self.foreign_key_columns_argument)
        if not arguments["viewonly"]:
            arguments.setdefault("passive_updates", self.passive_updates)
        self.back_populates = name
        made = RelationshipProperty(self.parent, self.secondary, back_populates=self.key, **arguments)
        mapper.configure_property(name, made, init=mapper.configured)
        if not mapper.configured:
            mapper.given_properties[name] = made

    def _primaryjoin_for_reverse(self) -> Any:
        """Return the condition for the other end: what the user marked is turned round, the rest is found anew."""
        join = self.join_condition
        if join.remote_given_by_marks:
            return _swapped_sides(join.primaryjoin)
        if join.foreign_given_by_marks:
            return _without_sides(join.primaryjoin)
        return join.deannotated_primaryjoin

    def _check_backref_name(self, mapper: Any, name: str) -> None:
        # concrete classes inherit no relationship
        parents = [] if mapper.concrete else list(mapper.iterate_to_root())
        for other in parents + [m for m in mapper.self_and_descendants if m is mapper or not m.concrete]:
            if other.has_property(name) and not getattr(other.props[name], "concrete_disabled", False):
                raise core_exc.ArgumentError(
                    "The backref '%s' of relationship '%s' has the name of a property of mapper '%s'; "
                    "choose another"
                    % (name, self, other)
                )

    def _join_with_reverse(self) -> None:
        if not self.back_populates:
            return
        key = self.back_populates
        if not isinstance(key, str):
            found = key() if callable(key) and not hasattr(key, "property") else key
            key = self.back_populates = getattr(found, "key", found)
            if not isinstance(key, str):
                raise core_exc.ArgumentError(
                    "back_populates of relationship %s names the attribute of the other end, and got %r" % (self, key)
                )
        if self.viewonly and self.sync_backref:
            raise core_exc.InvalidRequestError(
                "%s is viewonly, so sync_backref=True has no meaning" % self
            )
        if not self.mapper.has_property(key):
            raise core_exc.InvalidRequestError(
                "Mapper '%s' has no property '%s'. A property that other mappers add, as backrefs are, "
                "exists after registry.configure()." % (self.mapper, key)
            )
        other = self.mapper.get_property_unconfigured(key)
        if getattr(other, "kind", "") != "relationship":
            raise core_exc.InvalidRequestError(
                "back_populates of relationship '%s' names '%s', which is no relationship of the target "
                "class" % (self, other)
            )
        self._check_sync_with(other)
        if not other.configured:
            # the other end may be later in order; its direction is needed now
            other.init()
        self.reverse_properties.add(other)
        other.reverse_properties.add(self)
        if not other.mapper.common_parent(self.parent):
            raise core_exc.ArgumentError(
                "%r should be the other end of relationship %s, but %s does not lead to mapper %s"
                % (key, self, other, self.parent)
            )
        if self.direction in (ONETOMANY, MANYTOONE) and self.direction is other.direction:
            raise core_exc.ArgumentError(
                "%s and its other end %s both look like %r, though one of them should look the other way; say with "
                "remote_side, at the end that holds the foreign key, which columns are far away"
                % (other, self, self.direction)
            )

    def _check_sync_with(self, other: Any) -> None:
        for one, reverse in ((self, other), (other, self)):
            if not reverse.viewonly or one.viewonly:
                continue
            if one.sync_backref:
                raise core_exc.InvalidRequestError(
                    "%s can't have sync_backref=True: its other end %s is viewonly and follows nothing" % (one, reverse)
                )
            # nothing that happens here may change a relationship that is only for viewing
            one.sync_backref = False

    def _warn_overlaps(self) -> None:
        if self.viewonly or self.parent.non_primary:
            return
        pairs = [(a, b, self.primaryjoin) for a, b in self.synchronize_pairs]
        pairs += [(a, b, self.secondaryjoin) for a, b in self.secondary_synchronize_pairs]
        for source, target, _ in pairs:
            writers = self.parent.registry.column_writers.setdefault(target, {})
            conflicts = []
            for other, other_source in list(writers.items()):
                if self._conflicts_with(other, source, other_source):
                    conflicts.append((other, other_source))
            writers[self] = source
            if conflicts:
                warn(
                    "Two relationships write one column at a flush: '%s' takes %s for %s, and so does each of "
                    "%s. Where "
                    "they are the two ends of one relationship, connect them by back_populates; where one is "
                    "only read, "
                    "make it viewonly=True; where foreign keys share a column, mark with foreign() those that "
                    "each is to "
                    "write. If it is meant as it is, say overlaps=\"%s\" to '%s'."
                    % (
                        self,
                        source,
                        target,
                        ", ".join(
                            "'%s' (%s for %s)" % (other, s, target)
                            for other, s in sorted(conflicts, key=lambda pair: str(pair[0]))
                        ),
                        ",".join(sorted(other.key for other, _ in conflicts)),
                        self,
                    ),
                    code="qzyx",
                )

    def _conflicts_with(self, other: Any, source: Any, other_source: Any) -> bool:
        return (
            other is not self
            and other.parent.props.get(other.key) is other
            and not self.parent.concrete
            and other not in self.reverse_properties
            and self not in other.reverse_properties
            and other.key not in self.overlaps
            and self.key not in other.overlaps
            and "__*" not in self.overlaps
            and "__*" not in other.overlaps
            and not self.parent.is_sibling(other.parent)
            and not self.mapper.is_sibling(other.mapper)
            and not (self.parent.concrete or other.parent.concrete)
            and (other.key != self.key or not self.parent.common_parent(other.parent))
        )

    # -- joins -------------------------------------------------------------------------------------------------------

    def lazy_clause(self, reverse: bool = False) -> Any:
        """Return (criterion, bind key -> column, remote -> local column); see ``JoinCondition.lazy_clause``."""
        return self.join_condition.lazy_clause(reverse)

    def join_clauses(
        self,
        source_selectable: Any = None,
        dest_selectable: Any = None,
        source_polymorphic: bool = False,
        dest_polymorphic: bool = False,
        of_type_entity: Any = None,
        alias_secondary: bool = False,
        extra_criteria: Any = (),
    ) -> Tuple[Any, Any, Any, Any, Any, Any]:
        """Return (primaryjoin, secondaryjoin, source, destination, secondary, target adapter) for a join.

        :param source_selectable: what to join from; by default the parent's table.
        :param dest_selectable: what to join to; by default the target's table, aliased if that is the parent's too.
        :param source_polymorphic: join from the parent with the subclasses it loads.
        :param of_type_entity: a subclass or alias of the target.
        :param alias_secondary: give the secondary table an alias.
        :param extra_criteria: more criteria on the target.
        """
        aliased = alias_secondary and self.secondary is not None
        if source_selectable is None and source_polymorphic and self.parent.with_polymorphic_argument is not None:
            source_selectable = self.parent.with_polymorphic_selectable
        if of_type_entity is not None:
            dest_mapper = of_type_entity.mapper
            if dest_selectable is None:
                dest_selectable = of_type_entity.selectable
                aliased = True
        else:
            dest_mapper = self.mapper
        if dest_selectable is None:
            dest_selectable = self.entity.selectable
            if self.mapper.with_polymorphic_argument is not None:
                aliased = True
            if self.is_self_referential and source_selectable is None:
                dest_selectable = dest_selectable.anonymous_fromclause()
                aliased = True
        elif dest_selectable is not self.mapper.persist_selectable or (
            self.mapper.with_polymorphic_argument is not None
        ):
            aliased = True
        if source_selectable is not None and source_selectable is not self.parent.local_table:
            aliased = True
        pj, sj, secondary, adapter, dest = self.join_condition.join_targets(
            source_selectable,
            dest_selectable,
            aliased,
            self._single_criterion(dest_mapper, dest_selectable),
            extra_criteria,
        )
        if source_selectable is None:
            source_selectable = self.parent.local_table
        return pj, sj, source_selectable, dest, secondary, adapter

    #: the older name of join_clauses
    create_joins = join_clauses

    @staticmethod
    def _single_criterion(mapper: Any, selectable: Any) -> Any:
        return mapper.single_table_criterion

    def optimized_compare(
        self, state: Any, value_is_parent: bool = False, adapt_source: Any = None, alias_secondary: bool = True
    ) -> Any:
        """Return the criterion that compares the relationship with an object (or its state) by keys."""
        if state is not None and getattr(state, "is_instance", False):
            state = state()
        return optimized_compare(self, state, value_is_parent, adapt_source, alias_secondary)

    # -- objects -----------------------------------------------------------------------------------------------------

    def cascade_iterator(
        self,
        type_: str,
        state: Any,
        dict_: Dict[str, Any],
        visited_states: Set[Any],
        halt_on: Optional[Callable[[Any], bool]] = None,
    ) -> Iterator[Tuple[Any, Any, Any, Dict[str, Any]]]:
        if type_ != "delete" or self.passive_deletes:
            passive = PassiveFlag.PASSIVE_NO_INITIALIZE
        else:
            passive = PassiveFlag.PASSIVE_OFF | PassiveFlag.NO_RAISE
        impl = state.manager[self.key].impl
        if type_ == "save-update":
            pairs = impl.get_all_pending(state, dict_)
        else:
            pairs = state.value_as_iterable(dict_, self.key, passive=passive)
        skip_pending = type_ == "refresh-expire" and "save-update" not in self.cascade
        for instance_state_, instance in pairs:
            if instance_state_ is None or instance_state_ in visited_states:
                continue
            if halt_on is not None and halt_on(instance_state_):
                continue
            if skip_pending and not instance_state_.key:
                continue
            found_mapper = instance_state_.manager.mapper
            if not found_mapper.isa(self.mapper.class_manager.mapper):
                raise AssertionError(
                    "The relationship '%s' of class '%s' does not lead to objects of type '%s'"
                    % (self.key, self.parent.class_, instance.__class__)
                )
            visited_states.add(instance_state_)
            yield instance, found_mapper, instance_state_, instance_dict(instance)

    def merge(
        self,
        session: Any,
        source_state: Any,
        source_dict: Dict[str, Any],
        dest_state: Any,
        dest_dict: Dict[str, Any],
        load: bool,
        recursive: Dict[Any, object],
        resolve_conflict_map: Dict[Any, object],
    ) -> None:
        if load:
            for other in self.reverse_properties:
                if (source_state, other) in recursive:
                    return
        if "merge" not in self.cascade:
            return
        impl = source_state.get_impl(self.key)
        if self.key not in source_dict and not (impl.dynamic and impl.has_changes(source_state)):
            return
        merge_one = session._merge if hasattr(session, "_merge") else session.merge_state
        options = {
            "load": load,
            "_recursive": recursive,
            "_resolve_conflict_map": resolve_conflict_map,
        }
        if self.uselist:
            self._merge_collection(
                merge_one, options, impl, source_state, source_dict, dest_state, dest_dict, load, recursive
            )
            return
        current = source_dict[self.key]
        if current is not None:
            state, dict_ = instance_state(current), instance_dict(current)
            recursive[(state, self)] = True
            merged = merge_one(state, dict_, **options)
        else:
            merged = None
        if not load:
            dest_dict[self.key] = merged
        else:
            dest_state.get_impl(self.key).set(dest_state, dest_dict, merged, None)

    def _merge_collection(
        self,
        merge_one: Any,
        options: Dict[str, Any],
        impl: Any,
        source_state: Any,
        source_dict: Dict[str, Any],
        dest_state: Any,
        dest_dict: Dict[str, Any],
        load: bool,
        recursive: Dict[Any, object],
    ) -> None:
        found = impl.get_collection(source_state, source_dict)
        if found is PASSIVE_NO_RESULT:
            return
        if load and not impl.dynamic:
            # the collection of the destination is loaded first, so that the assignment compares with it
            dest_state.get_impl(self.key).get(dest_state, dest_dict, passive=PASSIVE_MERGE)
        merged = []
        for current in found:
            state, dict_ = instance_state(current), instance_dict(current)
            recursive[(state, self)] = True
            obj = merge_one(state, dict_, **options)
            if obj is not None:
                merged.append(obj)
        if not load:
            adapter = attributes.init_state_collection(dest_state, dest_dict, self.key)
            adapter.append_multiple_without_event(merged)
            return
        dest_impl = dest_state.get_impl(self.key)
        if dest_impl.dynamic:
            dest_impl.set(dest_state, dest_dict, merged)
            return
        dest_impl.set(dest_state, dest_dict, merged, adapt=False, passive=PASSIVE_MERGE)

    def __str__(self) -> str:
        return "%s.%s" % (self.parent.class_.__name__ if self.parent is not None else "?", self.key or "?")


def _swapped_sides(criterion: Any) -> Any:
    """Return a condition in which local and remote have changed places, for the other end of a relationship."""
    def swap(element: Any) -> Any:
        if element.__visit_name__ != "column" or not element.annotations:
            return None
        marks = {k: v for k, v in element.annotations.items() if k not in ("local", "remote")}
        if "remote" in element.annotations:
            marks["local"] = True
        elif "local" in element.annotations:
            marks["remote"] = True
        bare = element.deannotate()
        return bare.annotate(marks) if marks else bare

    return visitors.replacement_traverse(criterion, {}, swap)


def _without_sides(criterion: Any) -> Any:
    """Return a condition without local and remote marks; those of foreign columns stay."""
    def bare(element: Any) -> Any:
        if element.__visit_name__ != "column" or not element.annotations:
            return None
        marks = {k: v for k, v in element.annotations.items() if k not in ("local", "remote")}
        plain = element.deannotate()
        return plain.annotate(marks) if marks else plain

    return visitors.replacement_traverse(criterion, {}, bare)


class _SingleParent:
    """Refuses an object that another parent holds."""

    __slots__ = ("prop",)

    def __init__(self, prop: RelationshipProperty) -> None:
        self.prop = prop

    def _check(self, state: Any, value: Any, old: Any, initiator: Any) -> None:
        if value is None or initiator.key != self.prop.key:
            return
        impl = state.manager[self.prop.key].impl
        child = value.__dict__.get(STATE_ATTR)
        if child is not None and impl.hasparent(child) and old is not value:
            raise core_exc.InvalidRequestError(
                "%s has a parent already, a %s by its attribute %s, and single_parent=True allows one"
                % (value, self.prop.parent.class_, self.prop),
                code="bbf1",
            )

    def on_append(self, state: Any, value: Any, initiator: Any) -> Any:
        self._check(state, value, None, initiator)
        return value

    def on_append_again(self, state: Any, value: Any, initiator: Any) -> None:
        """What is there already has its parent."""

    def on_set(self, state: Any, value: Any, old: Any, initiator: Any) -> Any:
        self._check(state, value, old, initiator)
        return value

    def on_remove(self, state: Any, value: Any, initiator: Any) -> None:
        return None


if typing.TYPE_CHECKING:
    from ..base import DynamicMapped, WriteOnlyMapped

    # what relationship() gives may stand for either of them in a class body
    class _Declared(Mapped[T_co], DynamicMapped[T_co], WriteOnlyMapped[T_co]):
        pass

else:
    _Declared = Mapped


class Relationship(RelationshipProperty, _Declared[T_co]):
    """What ``relationship()`` gives in a class body."""

    inherit_cache = True
    __hash__ = object.__hash__
    # a property, unlike an attribute, is compared by identity
    __eq__ = object.__eq__  # type: ignore[assignment]
    __ne__ = object.__ne__  # type: ignore[assignment]

