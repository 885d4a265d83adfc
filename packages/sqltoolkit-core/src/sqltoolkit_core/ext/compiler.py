"""``@compiles``: how a class of elements is rendered, for all dialects or for some.

What compilers render by themselves is in ``sql.compiler``.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Tuple, TypeVar

from .. import exc

__all__ = ["compiles", "deregister"]

_F = TypeVar("_F", bound=Callable[..., Any])


class _Dispatcher:
    """The functions that render one class, by dialect name; ``default`` for the others."""

    def __init__(self, visit_kw: Any, own: Any) -> None:
        self.specs: Dict[str, Callable[..., Any]] = {}
        # how the class was rendered before
        self.previous = visit_kw
        # the methods of the class itself, to be put back
        self.own = own

    def method(self) -> Any:
        """Return the function that becomes the method of the class."""

        def _visit_kw(element: Any, compiler: Any, **kw: Any) -> Any:
            return self(element, compiler, **kw)

        return _visit_kw

    def __call__(self, element: Any, compiler: Any, **kw: Any) -> Any:
        if getattr(type(element), "_compiler_dispatcher", None) is None and self.previous is not None:
            # somebody took the registration away by hand
            return self.previous(element, compiler, **kw)
        render = self.specs.get(compiler.dialect.name) or self.specs.get("default")
        if render is None:
            if self.previous is None:
                raise exc.UnsupportedCompilationError(
                    compiler, type(element), "no function is registered with @compiles for this dialect or for all"
                )
            return self.previous(element, compiler, **kw)
        add = kw.get("add_to_result_map")
        if add is None:
            return render(element, compiler, **kw)
        noted: List[Tuple[Any, ...]] = []

        def note(*args: Any) -> None:
            noted.append(args)

        kw["add_to_result_map"] = note
        text = render(element, compiler, **kw)
        if not noted:
            # functions of users need not know that a result column has to be described
            noted.append((None, None, (element,), element.type))
        for keyname, name, objects, type_ in noted:
            if not any(found is element for found in objects):
                objects = tuple(objects) + (element,)
            add(keyname, name, objects, type_)
        return text


def compiles(class_: Any, *specs: str) -> Callable[[_F], _F]:
    """Register the decorated function ``fn(element, compiler, **kw)`` to render elements of ``class_``.

    :param class_: a class of elements, statements, DDL or types; subclasses without a function of their own use it too.
    :param specs: names of dialects; without any the function is for all that have none of their own.
    """

    def decorate(fn: _F) -> _F:
        dispatcher = class_.__dict__.get("_compiler_dispatcher")
        if dispatcher is None:
            own = {name: class_.__dict__[name] for name in ("_visit", "_visit_kw") if name in class_.__dict__}
            dispatcher = _Dispatcher(_previous(class_), own)
            class_._compiler_dispatcher = dispatcher
            class_._visit = lambda self, compiler: dispatcher(self, compiler)
            class_._visit_kw = dispatcher.method()
        for name in specs or ("default",):
            dispatcher.specs[name] = fn
        return fn

    return decorate


def _previous(class_: Any) -> Any:
    """Return how the class renders now, None when it only inherits that it cannot."""
    visit_kw = class_._visit_kw
    inherited = getattr(class_, "_compiler_dispatcher", None)
    if inherited is not None or getattr(class_, "__visit_name__", None) is not None:
        return visit_kw
    return None


def deregister(class_: Any) -> None:
    """Remove all functions registered for a class; it is rendered as before."""
    dispatcher = class_.__dict__.get("_compiler_dispatcher")
    if dispatcher is not None:
        del class_._compiler_dispatcher
        del class_._visit, class_._visit_kw
        for name, method in dispatcher.own.items():
            setattr(class_, name, method)
