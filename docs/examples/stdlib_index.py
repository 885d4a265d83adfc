"""Index the standard library of the Python that runs this into SQLite, then answer questions about it.

    python stdlib_index.py [--database FILE] [--limit N] [--tests] [--echo]

Every module, class, function, import and base class is read with `ast` and stored through the ORM. A second run reads
only the files that changed. Work is committed in batches, and a module's links to others are made in a transaction of
their own, so that a run which is killed leaves a consistent file, and the next run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import sys
import sysconfig
import time
import warnings
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

from sqltoolkit_core import (
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    func,
    literal,
    select,
)
from sqltoolkit_orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship, selectinload

BATCH = 50
CYCLE_LENGTH = 3


# -- what is stored ------------------------------------------------------------------------------------------------


class Base(DeclarativeBase):
    pass


module_import = Table(
    "module_import",
    Base.metadata,
    Column("importer_id", ForeignKey("module.id"), primary_key=True),
    Column("imported_id", ForeignKey("module.id"), primary_key=True, index=True),
)

class_base = Table(
    "class_base",
    Base.metadata,
    Column("class_id", ForeignKey("class.id"), primary_key=True),
    Column("base_id", ForeignKey("class.id"), primary_key=True, index=True),
)


class Module(Base):
    """A module, or a name that an import mentions and no source file explains (`digest` is then None)."""

    __tablename__ = "module"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    package: Mapped[str] = mapped_column(String(100), index=True)
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("module.id"))
    digest: Mapped[Optional[str]] = mapped_column(String(40))
    line_count: Mapped[int] = mapped_column(default=0)
    linked: Mapped[bool] = mapped_column(default=False)

    parent: Mapped[Optional["Module"]] = relationship(back_populates="children", remote_side=[id])
    children: Mapped[List["Module"]] = relationship(back_populates="parent")
    classes: Mapped[List["Class"]] = relationship(back_populates="module", cascade="all, delete-orphan")
    functions: Mapped[List["Function"]] = relationship(back_populates="module", cascade="all, delete-orphan")
    imports: Mapped[List["Module"]] = relationship(
        secondary=module_import,
        primaryjoin=lambda: Module.id == module_import.c.importer_id,
        secondaryjoin=lambda: Module.id == module_import.c.imported_id,
        back_populates="imported_by",
    )
    imported_by: Mapped[List["Module"]] = relationship(
        secondary=module_import,
        primaryjoin=lambda: Module.id == module_import.c.imported_id,
        secondaryjoin=lambda: Module.id == module_import.c.importer_id,
        back_populates="imports",
    )
    mentions: Mapped[List["Mention"]] = relationship(back_populates="module", cascade="all, delete-orphan")


class Mention(Base):
    """A name that a module imports, as written: `module`, or `module.name`."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("module_id", "local_name", "target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    local_name: Mapped[str] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(300))

    module: Mapped[Module] = relationship(back_populates="mentions")


class Class(Base):
    __tablename__ = "class"
    __table_args__ = (Index("ix_class_name", "module_id", "qualified_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    qualified_name: Mapped[str] = mapped_column(String(300))
    first_line: Mapped[int]
    line_count: Mapped[int]
    written_bases: Mapped[str] = mapped_column(String(1000), default="")

    module: Mapped[Module] = relationship(back_populates="classes")
    methods: Mapped[List["Function"]] = relationship(back_populates="owner")
    bases: Mapped[List["Class"]] = relationship(
        secondary=class_base,
        primaryjoin=lambda: Class.id == class_base.c.class_id,
        secondaryjoin=lambda: Class.id == class_base.c.base_id,
        back_populates="derived",
    )
    derived: Mapped[List["Class"]] = relationship(
        secondary=class_base,
        primaryjoin=lambda: Class.id == class_base.c.base_id,
        secondaryjoin=lambda: Class.id == class_base.c.class_id,
        back_populates="bases",
    )


class Function(Base):
    __tablename__ = "function"

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"), index=True)
    class_id: Mapped[Optional[int]] = mapped_column(ForeignKey("class.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    first_line: Mapped[int]
    line_count: Mapped[int]
    argument_count: Mapped[int]
    is_async: Mapped[bool] = mapped_column(default=False)

    module: Mapped[Module] = relationship(back_populates="functions")
    owner: Mapped[Optional[Class]] = relationship(back_populates="methods")


# -- reading source ------------------------------------------------------------------------------------------------


def last_line(node: ast.AST) -> int:
    """Where a node ends; Python 3.7 does not say, so its children are asked."""
    end = getattr(node, "end_lineno", None)
    if end is not None:
        return int(end)
    return max(getattr(child, "lineno", 0) for child in ast.walk(node))


def dotted(node: ast.expr) -> Optional[str]:
    """`a.b.c` as text; None for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return None if left is None else left + "." + node.attr
    return None


class Reader(ast.NodeVisitor):
    """Fills one Module from its syntax tree."""

    def __init__(self, module: Module, is_package: bool) -> None:
        self.module = module
        self.is_package = is_package
        self.scope: List[str] = []
        self.owners: List[Class] = []
        self.mentioned: Set[Tuple[str, str]] = set()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        bases = [base for base in (dotted(base) for base in node.bases) if base is not None]
        found = Class(
            qualified_name=".".join(self.scope + [node.name]),
            first_line=node.lineno,
            line_count=last_line(node) - node.lineno + 1,
            written_bases=" ".join(bases),
        )
        self.module.classes.append(found)
        self.inside(node, found)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.function(node, is_async=False)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.function(node, is_async=True)

    def function(self, node, is_async: bool) -> None:  # type: ignore[no-untyped-def]
        arguments = node.args
        count = len(arguments.args) + len(arguments.kwonlyargs) + len(getattr(arguments, "posonlyargs", ()))
        found = Function(
            name=node.name,
            first_line=node.lineno,
            line_count=last_line(node) - node.lineno + 1,
            argument_count=count,
            is_async=is_async,
        )
        if self.owners:
            found.owner = self.owners[-1]
        self.module.functions.append(found)
        self.inside(node, None)

    def inside(self, node: ast.AST, owner: Optional[Class]) -> None:
        self.scope.append(getattr(node, "name"))
        outer, self.owners = self.owners, [owner] if owner is not None else []
        self.generic_visit(node)
        self.owners = outer
        self.scope.pop()

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.mention(alias.asname or alias.name, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        source = node.module or ""
        if node.level:
            parts = self.module.name.split(".")
            kept = parts[: len(parts) - node.level + (1 if self.is_package else 0)]
            source = ".".join(kept + ([source] if source else []))
        for alias in node.names:
            self.mention(alias.asname or alias.name, source + "." + alias.name if alias.name != "*" else source)

    def mention(self, local_name: str, target: str) -> None:
        if (local_name, target) not in self.mentioned:
            self.mentioned.add((local_name, target))
            self.module.mentions.append(Mention(local_name=local_name, target=target))


def source_files(with_tests: bool) -> Iterator[Tuple[str, Path]]:
    """(module name, file) of everything in the standard library."""
    root = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0] in ("site-packages", "dist-packages", "lib2to3") or not all(part.isidentifier() for part in parts):
            continue
        if not with_tests and {"test", "tests", "idle_test"} & set(parts):
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        yield name, path


def progress(text: str, done: bool = False) -> None:
    """One line that is written over on a terminal, and a plain line at the end."""
    if sys.stdout.isatty():
        print("\r\033[K" + text, end="\n" if done else "", flush=True)
    elif done:
        print(text, flush=True)


# -- storing -------------------------------------------------------------------------------------------------------


class Counts:
    """What one run did."""

    def __init__(self) -> None:
        self.read = self.unchanged = self.unreadable = self.removed = 0


def index(session: Session, files: Sequence[Tuple[str, Path]], complete: bool) -> Counts:
    """Bring the database up to date with the files, in committed batches."""
    counts = Counts()
    known: Dict[str, Tuple[int, Optional[str]]] = {
        name: (id_, digest) for id_, name, digest in session.execute(select(Module.id, Module.name, Module.digest))
    }
    for position, (name, path) in enumerate(files, 1):
        data = path.read_bytes()
        digest = hashlib.sha1(data).hexdigest()
        if name in known and known[name][1] == digest:
            counts.unchanged += 1
        elif store(session, name, path, data, digest, known.get(name)):
            counts.read += 1
        else:
            counts.unreadable += 1
        if position % BATCH == 0:
            session.commit()
            session.expunge_all()
            progress("reading %d of %d: %s" % (position, len(files), name))
    session.commit()
    session.expunge_all()
    if complete:
        counts.removed = forget(session, {name for name, _ in files})
    progress("reading: %d files, %d read, %d unchanged, %d not readable as Python, %d gone"
             % (len(files), counts.read, counts.unchanged, counts.unreadable, counts.removed), done=True)
    return counts


def store(
    session: Session, name: str, path: Path, data: bytes, digest: str, known: Optional[Tuple[int, Optional[str]]]
) -> bool:
    """Add a module or replace what is stored of it; False if the file is not Python of this version."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data, filename=str(path))
    except (SyntaxError, ValueError):
        return False
    if known is None:
        module = Module(name=name, package=name.split(".")[0])
        session.add(module)
    else:
        found = session.get(Module, known[0])
        assert found is not None
        module = found
        empty(session, module)
    module.digest, module.line_count, module.linked = digest, data.count(b"\n") + 1, False
    Reader(module, path.name == "__init__.py").visit(tree)
    return True


def empty(session: Session, module: Module) -> None:
    """Take away what a module contains, so that it can be filled again."""
    for found in module.classes:
        found.bases.clear()
        found.derived.clear()
    module.imports.clear()
    module.functions.clear()
    session.flush()
    module.classes.clear()
    module.mentions.clear()
    session.flush()


def forget(session: Session, present: Set[str]) -> int:
    """Remove the contents of modules whose file is gone; the name stays, as others may import it."""
    gone = [module for module in session.scalars(select(Module).where(Module.digest.is_not(None)))
            if module.name not in present]
    for module in gone:
        empty(session, module)
        module.digest, module.linked, module.line_count = None, True, 0
    session.commit()
    return len(gone)


def link(session: Session) -> None:
    """Turn written names into links between rows, in one transaction."""
    modules = {module.name: module for module in session.scalars(select(Module))}
    todo = session.scalars(
        select(Module)
        .where(Module.linked.is_(False))
        .options(
            selectinload(Module.mentions),
            selectinload(Module.imports),
            selectinload(Module.classes).selectinload(Class.bases),
        )
    ).all()
    classes = {
        (module_id, name): id_
        for id_, module_id, name in session.execute(
            select(Class.id, Class.module_id, Class.qualified_name).order_by(Class.id)
        )
    }
    for position, module in enumerate(todo, 1):
        link_parent(session, module, modules)
        link_imports(session, module, modules)
        link_bases(session, module, modules, classes)
        module.linked = True
        if position % BATCH == 0:
            progress("linking %d of %d: %s" % (position, len(todo), module.name))
    session.commit()
    progress("linking: %d modules" % len(todo), done=True)


def link_parent(session: Session, module: Module, modules: Dict[str, Module]) -> None:
    outer = module.name.rpartition(".")[0]
    if outer:
        module.parent = module_named(session, outer, modules)


def link_imports(session: Session, module: Module, modules: Dict[str, Module]) -> None:
    wanted = {module_of(mention.target, modules) for mention in module.mentions} - {module.name, ""}
    module.imports[:] = [module_named(session, name, modules) for name in sorted(wanted)]


def module_of(target: str, modules: Dict[str, Module]) -> str:
    """The module that an imported name lies in: the longest known prefix, or all but the last part."""
    name = target
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name or target.split(".")[0]


def module_named(session: Session, name: str, modules: Dict[str, Module]) -> Module:
    """A stored module; one without a source file (built in, or of another platform) is added by name."""
    if name not in modules:
        modules[name] = Module(name=name, package=name.split(".")[0], linked=True)
        session.add(modules[name])
    return modules[name]


def link_bases(
    session: Session, module: Module, modules: Dict[str, Module], classes: Dict[Tuple[int, str], int]
) -> None:
    targets = {mention.local_name: mention.target for mention in module.mentions}
    for found in module.classes:
        bases: List[Class] = []
        for written in found.written_bases.split():
            base_id = resolve(written, module, targets, modules, classes)
            base = session.get(Class, base_id) if base_id is not None and base_id != found.id else None
            if base is not None and base not in bases:
                bases.append(base)
        found.bases[:] = bases


def resolve(
    written: str,
    module: Module,
    targets: Dict[str, str],
    modules: Dict[str, Module],
    classes: Dict[Tuple[int, str], int],
) -> Optional[int]:
    """The id of the class that a base as written means; None for built-in and computed ones."""
    if (module.id, written) in classes:
        return classes[module.id, written]
    head, _, rest = written.partition(".")
    full = ".".join(part for part in (targets.get(head, head), rest) if part)
    holder = module_of(full, modules)
    if holder not in modules or not full.startswith(holder + "."):
        return None
    return classes.get((modules[holder].id, full[len(holder) + 1:]))


# -- asking --------------------------------------------------------------------------------------------------------


def most_imported(session: Session) -> Iterable[Sequence[object]]:
    imported = aliased(Module)
    importers = func.count(module_import.c.importer_id).label("importers")
    return session.execute(
        select(imported.name, importers)
        .join(module_import, module_import.c.imported_id == imported.id)
        .group_by(imported.id)
        .order_by(importers.desc(), imported.name)
        .limit(10)
    ).all()


def import_cycles(session: Session) -> Iterable[Sequence[object]]:
    """Chains of at most CYCLE_LENGTH imports that lead back to where they began, each told once."""
    start = select(
        Module.id.label("first"), Module.id.label("last"), Module.name.label("path"), literal(0).label("steps")
    ).where(Module.digest.is_not(None)).cte("walk", recursive=True)
    onward = aliased(Module)
    walk = start.union_all(
        select(start.c.first, onward.id, start.c.path + " > " + onward.name, start.c.steps + 1)
        .join(module_import, module_import.c.importer_id == start.c.last)
        .join(onward, onward.id == module_import.c.imported_id)
        # The smallest id begins the chain, so that a cycle is not told once for each of its members.
        .where(
            start.c.steps < CYCLE_LENGTH,
            onward.id >= start.c.first,
            (start.c.steps == 0) | (start.c.last != start.c.first),
        )
    )
    return session.execute(
        select(walk.c.steps, walk.c.path)
        .where(walk.c.first == walk.c.last, walk.c.steps > 1)
        .order_by(walk.c.steps, walk.c.path)
        .limit(8)
    ).all()


def deepest_hierarchies(session: Session) -> Iterable[Sequence[object]]:
    base, derived = aliased(Class), aliased(Class)
    roots = (
        select(Class.id.label("id"), Class.qualified_name.label("path"), literal(1).label("depth"))
        .where(~Class.bases.any())
        .cte("hierarchy", recursive=True)
    )
    tree = roots.union_all(
        select(derived.id, roots.c.path + " < " + derived.qualified_name, roots.c.depth + 1)
        .join(class_base, class_base.c.base_id == roots.c.id)
        .join(base, base.id == roots.c.id)
        .join(derived, derived.id == class_base.c.class_id)
        .where(roots.c.depth < 30)
    )
    return session.execute(select(tree.c.depth, tree.c.path).order_by(tree.c.depth.desc(), tree.c.path).limit(5)).all()


def largest_classes(session: Session) -> Iterable[Sequence[object]]:
    methods = func.count(Function.id).label("methods")
    return session.execute(
        select(Module.name, Class.qualified_name, Class.line_count, methods)
        .join(Class.module)
        .outerjoin(Class.methods)
        .group_by(Class.id)
        .order_by(Class.line_count.desc(), Class.id)
        .limit(8)
    ).all()


def package_totals(session: Session) -> Iterable[Sequence[object]]:
    classes = select(Class.module_id, func.count().label("n")).group_by(Class.module_id).subquery()
    functions = select(Function.module_id, func.count().label("n")).group_by(Function.module_id).subquery()
    lines = func.sum(Module.line_count).label("lines")
    return session.execute(
        select(
            Module.package,
            func.count(Module.id),
            func.coalesce(func.sum(classes.c.n), 0),
            func.coalesce(func.sum(functions.c.n), 0),
            lines,
        )
        .outerjoin(classes, classes.c.module_id == Module.id)
        .outerjoin(functions, functions.c.module_id == Module.id)
        .where(Module.digest.is_not(None))
        .group_by(Module.package)
        .order_by(lines.desc())
        .limit(10)
    ).all()


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in aligned columns, numbers to the right."""
    cells = [[str(value) for value in row] for row in rows]
    if not cells:
        print("\n%s\n  (none)" % title)
        return
    numeric = [all(row[i].isdigit() for row in cells) for i in range(len(headings))]
    widths = [max(len(text) for text in column) for column in zip(headings, *cells)]

    def line(values: Sequence[str]) -> str:
        padded = (v.rjust(w) if n else v.ljust(w) for v, w, n in zip(values, widths, numeric))
        return ("  " + "  ".join(padded)).rstrip()

    print("\n" + title)
    print(line(headings))
    print(line(["-" * width for width in widths]))
    for row in cells:
        print(line(row))


def report(session: Session) -> None:
    totals = [(kind.__name__.lower(), session.scalar(select(func.count()).select_from(kind)))
              for kind in (Module, Class, Function, Mention)]
    links = [(link_table.name, session.scalar(select(func.count()).select_from(link_table)))
             for link_table in (module_import, class_base)]
    table("What is stored", ("table", "rows"), totals + links)
    table("Most imported modules", ("module", "importers"), most_imported(session))
    table("Import cycles", ("length", "chain"), import_cycles(session))
    table("Deepest class hierarchies", ("depth", "from the root"), deepest_hierarchies(session))
    table("Largest classes", ("module", "class", "lines", "methods"), largest_classes(session))
    table("Totals per package", ("package", "modules", "classes", "functions", "lines"), package_totals(session))


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Index this Python's standard library and report on it.")
    parser.add_argument("--database", default="stdlib_index.sqlite", help="the SQLite file (made if it is not there)")
    parser.add_argument("--limit", type=int, help="read only the first N files")
    parser.add_argument("--tests", action="store_true", help="include the test packages")
    parser.add_argument("--echo", action="store_true", help="show every SQL statement")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    engine = create_engine("sqlite:///" + options.database, echo=options.echo)
    Base.metadata.create_all(engine)
    files = list(source_files(options.tests))[: options.limit]
    print("Python %s, %d source files -> %s" % (sys.version.split()[0], len(files), options.database), flush=True)
    with Session(engine) as session:
        index(session, files, complete=options.limit is None)
        link(session)
        report(session)
    engine.dispose()
    print("\nDone in %.1f s; run it again and only changed files are read." % (time.perf_counter() - started))
    return 0


if __name__ == "__main__":
    sys.exit(main())
