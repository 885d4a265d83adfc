"""Taking a CREATE TABLE statement apart: names of constraints, CHECK conditions, generated columns, options.

The statement is the one that SQLite keeps, so it is known to be correct; what it says about columns otherwise, PRAGMAs
tell better (`.reflection`).
"""

from __future__ import annotations

import re
import typing

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = [
    "TableText",
    "Token",
    "matching_parenthesis",
    "parse_table",
    "split_items",
    "tokens_of",
]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
  | (?P<string>'(?:[^']|'')*')
  | (?P<word>[^\s"'`\[\](),;]+)
  | (?P<other>.)
    """,
    re.X | re.S,
)
_ACTIONS = ("SET NULL", "SET DEFAULT", "CASCADE", "RESTRICT", "NO ACTION")


class TableText:
    """What the text of a table says."""

    __slots__ = (
        "autoincrement",
        "checks",
        "foreign_keys",
        "generated",
        "primary_key_name",
        "strict",
        "uniques",
        "without_rowid",
    )

    def __init__(self) -> None:
        self.primary_key_name: Optional[str] = None
        self.checks: List[Dict[str, Any]] = []
        self.uniques: List[Dict[str, Any]] = []
        self.foreign_keys: List[Dict[str, Any]] = []
        self.generated: Dict[str, str] = {}
        self.without_rowid = False
        self.strict = False
        self.autoincrement = False


class Token:
    """One piece of a statement, with its place in the text."""

    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end

    def is_word(self, *words: str) -> bool:
        """Say whether this is one of some words, which are in upper case."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def name(self) -> str:
        """Return the identifier that the token stands for."""
        text = self.text
        if self.kind == "word":
            return text
        mark = text[-1]
        inner = text[1:-1]
        return inner if mark == "]" else inner.replace(mark * 2, mark)


def tokens_of(text: str) -> List[Token]:
    """Return the pieces of a statement, without spaces and comments."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind != "space":
            found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


def matching_parenthesis(text: str, start: int) -> int:
    """Return where the parenthesis at `start` is closed."""
    depth = 0
    for token in tokens_of(text[start:]):
        if token.text == "(" and token.kind == "other":
            depth += 1
        elif token.text == ")" and token.kind == "other":
            depth -= 1
            if depth == 0:
                return start + token.start
    return len(text) - 1


def split_items(text: str) -> List[str]:
    """Return the pieces between the commas of a list, commas in parentheses left alone."""
    items = []
    depth = begin = 0
    for token in tokens_of(text):
        if token.kind != "other":
            continue
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif token.text == "," and depth == 0:
            items.append(text[begin : token.start].strip())
            begin = token.end
    items.append(text[begin:].strip())
    return items


def parse_table(statement: Optional[str]) -> TableText:
    """Return what a CREATE TABLE says; nothing for views and where there is no statement."""
    made = TableText()
    if not statement:
        return made
    tokens = tokens_of(statement)
    if not any(token.is_word("TABLE") for token in tokens[:4]):
        return made
    start = next((at for at, one in enumerate(tokens) if one.text == "(" and one.kind == "other"), None)
    if start is None:
        return made
    end = _closing(tokens, start)
    words = [token.text.upper() for token in tokens[end + 1 :] if token.kind == "word"]
    made.without_rowid = "ROWID" in words and "WITHOUT" in words
    made.strict = "STRICT" in words
    for item in _split(tokens[start + 1 : end]):
        if item:
            _Item(item, statement, made).read()
    return made


def _closing(tokens: List[Token], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        token = tokens[at]
        if token.kind != "other":
            continue
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                return at
    return len(tokens) - 1


def _split(tokens: List[Token]) -> List[List[Token]]:
    items: List[List[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "other":
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                depth -= 1
            elif token.text == "," and depth == 0:
                items.append([])
                continue
        items[-1].append(token)
    return items


class _Item:
    """One column or table constraint."""

    def __init__(self, tokens: List[Token], statement: str, into: TableText) -> None:
        self.tokens = tokens
        self.statement = statement
        self.into = into
        self.at = 0

    def read(self) -> None:
        """Note what the item says."""
        first = self.tokens[0]
        if first.is_word("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
            self._constraints(None)
        else:
            self.at = 1
            self._constraints(first.name)

    def _constraints(self, column: Optional[str]) -> None:
        name: Optional[str] = None
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.is_word("CONSTRAINT"):
                name = self.tokens[self.at + 1].name
                self.at += 2
                continue
            if token.is_word("PRIMARY"):
                self._primary_key(name, column)
            elif token.is_word("UNIQUE"):
                self._unique(name, column)
            elif token.is_word("CHECK"):
                self._check(name)
            elif token.is_word("FOREIGN"):
                self._foreign(name)
            elif token.is_word("REFERENCES"):
                self._references(name, [] if column is None else [column])
            elif token.is_word("AS") and column is not None:
                self._generated(column)
            elif token.is_word("AUTOINCREMENT"):
                self.into.autoincrement = True
                self.at += 1
                continue
            elif token.text == "(" and token.kind == "other":
                # the arguments of a type, the expression of a default
                self.at = _closing(self.tokens, self.at) + 1
                continue
            elif token.is_word("NOT", "NULL", "DEFAULT", "COLLATE"):
                # their names are not kept, and are not those of what follows
                self.at += 1
            else:
                self.at += 1
                continue
            name = None

    def _inner(self) -> Tuple[int, int]:
        """Go past the parentheses that come next and return where they begin and end."""
        while self.at < len(self.tokens) and self.tokens[self.at].text != "(":
            self.at += 1
        start = self.at
        end = _closing(self.tokens, start)
        self.at = end + 1
        return start, end

    def _names_inside(self, start: int, end: int) -> List[str]:
        return [item[0].name for item in _split(self.tokens[start + 1 : end]) if item]

    def _primary_key(self, name: Optional[str], column: Optional[str]) -> None:
        self.into.primary_key_name = name
        self.at += 2
        if column is None:
            self._inner()

    def _unique(self, name: Optional[str], column: Optional[str]) -> None:
        self.at += 1
        if column is None:
            columns = self._names_inside(*self._inner())
        else:
            columns = [column]
        self.into.uniques.append({"name": name, "columns": columns})

    def _check(self, name: Optional[str]) -> None:
        start, end = self._inner()
        text = self.statement[self.tokens[start].end : self.tokens[end].start].strip()
        self.into.checks.append({"name": name, "sqltext": text})

    def _generated(self, column: str) -> None:
        start, end = self._inner()
        text = self.statement[self.tokens[start].end : self.tokens[end].start].strip()
        self.into.generated[column] = text

    def _foreign(self, name: Optional[str]) -> None:
        columns = self._names_inside(*self._inner())
        while self.at < len(self.tokens) and not self.tokens[self.at].is_word("REFERENCES"):
            self.at += 1
        self._references(name, columns)

    def _references(self, name: Optional[str], columns: List[str]) -> None:
        self.at += 1
        table = self.tokens[self.at].name
        self.at += 1
        if self.at + 1 < len(self.tokens) and self.tokens[self.at].text == ".":
            table = self.tokens[self.at + 1].name
            self.at += 2
        referred: List[str] = []
        if self.at < len(self.tokens) and self.tokens[self.at].text == "(":
            referred = self._names_inside(*self._inner())
        self.into.foreign_keys.append(
            {
                "name": name,
                "columns": columns,
                "table": table,
                "referred": referred,
                "options": self._reference_options(),
            }
        )

    def _reference_options(self) -> Dict[str, Any]:
        options: Dict[str, Any] = {}
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            after = [one.text.upper() for one in self.tokens[self.at + 1 : self.at + 4]]
            if token.is_word("ON") and after[:1] and after[0] in ("DELETE", "UPDATE"):
                action = next((one for one in _ACTIONS if " ".join(after[1:]).startswith(one)), None)
                if action is None:
                    break
                if action != "NO ACTION":
                    options["on%s" % after[0].lower()] = action
                self.at += 2 + len(action.split())
            elif token.is_word("DEFERRABLE"):
                options["deferrable"] = True
                self.at += 1
            elif token.is_word("NOT") and after[:1] == ["DEFERRABLE"]:
                options["deferrable"] = False
                self.at += 2
            elif token.is_word("INITIALLY"):
                options["initially"] = after[0]
                self.at += 2
            elif token.is_word("MATCH"):
                self.at += 2
            else:
                break
        return options
