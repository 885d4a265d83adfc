"""Docstrings into Markdown: fields into lists, code spans into links.

Docstrings here are paragraphs, lists whose items start with a dash, and fields (`:param name: what it is`). Examples
live in the pages of docs/, so that they are executed.
"""

from __future__ import annotations

import re
from typing import Callable, List, Optional

FIELD = re.compile(r"^:(param|raises?|returns?|yields?)\s*([^:]*):\s*(.*)$")
HEADINGS = {"param": "Parameters", "raise": "Raises", "return": "Returns", "yield": "Yields"}
CODE = re.compile(r"(``.+?``|`[^`\n]+`)")
ROLE = re.compile(r":(?:class|meth|func|attr|exc|mod|data|ref|obj):`~?\.?([^`]+)`")
SENTENCE = re.compile(r"(.+?(?<!\.\.)[.?!])(?:\s+[A-Z`(]|$)")
# what Markdown would take for markup: asterisks that do not enclose a word, brackets, underscores at the ends of words
PLAIN = re.compile(
    r"(\*\w[\w ]*\*(?!\*))|([*<\[\]\\]|(?<![A-Za-z0-9_])_+(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])_+(?![A-Za-z0-9_]))"
)
Link = Callable[[str], Optional[str]]


def markdown(text: str, link: Link) -> str:
    """The whole docstring; `link` says where a code span leads, if anywhere."""
    seen: List[str] = []
    blocks = [_block(block.splitlines(), link, seen) for block in re.split(r"\n\s*\n", text) if block.strip()]
    return "\n\n".join(blocks)


def _block(lines: List[str], link: Link, seen: List[str]) -> str:
    """One paragraph, which may end in fields; each kind of field is a list below its heading."""
    out: List[str] = []
    kind = None
    for line in lines:
        field = FIELD.match(line)
        if field:
            heading = next(text for start, text in HEADINGS.items() if field.group(1).startswith(start))
            if heading != kind:
                out += ([""] if out else []) + [heading + ":", ""]
            kind = heading
            names = ", ".join("`%s`" % name.lstrip("\\") for name in re.split(r",\s*", field.group(2)) if name)
            out.append("- " + (names + ": " if names else "") + inline(field.group(3), link, seen))
        elif line.startswith("- "):
            kind = kind or "list"
            out.append("- " + inline(line[2:], link, seen))
        else:
            out.append(("  " if kind else "") + inline(line.strip(), link, seen))
    return "\n".join(out)


def summary(text: str, link: Link) -> str:
    """The first sentence, on one line, for a cell of a table."""
    first = " ".join(text.split("\n\n")[0].split(":param")[0].split())
    match = SENTENCE.match(first)
    return inline((match.group(1) if match else first).rstrip(".:"), link, []).replace("|", "\\|")


def inline(text: str, link: Link, seen: List[str]) -> str:
    """A line with its code spans in one form, linked at their first mention; nothing else is markup."""
    parts = []
    for part in CODE.split(ROLE.sub(r"`\1`", text)):
        if not part.startswith("`"):
            parts.append(PLAIN.sub(lambda match: match.group(1) or "".join("\\" + c for c in match.group(2)), part))
            continue
        code = part.strip("`").strip()
        target = link(code) if code not in seen else None
        seen.append(code)
        parts.append("[`%s`](%s)" % (code, target) if target else "`%s`" % code)
    return "".join(parts)
