#!/usr/bin/env python3
"""Writes docs/rules.md from the sentences in include/gesta/model/diagnostic.hpp, or checks that it is up to date.

usage: scripts/list_rules.py [--fix]
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULE = re.compile(r"struct (\w+) \{\s*static_assert\(Ok,\s*\"\[gesta (E\d+)\] (.*?)\"\);", re.S)
PART = re.compile(r"^// ---- (.+?) -+$", re.M)


def page():
    text = (ROOT / "include/gesta/model/diagnostic.hpp").read_text(encoding="utf-8")
    lines = [
        "# Rules",
        "",
        "What the compiler refuses, and what it says. Written by `scripts/list_rules.py` from `include/gesta/model/diagnostic.hpp`; each rule",
        "has a program that breaks it in `tests/rejected/` and its twin that does not in `tests/accepted/`.",
    ]
    marks = [(m.start(), "part", m) for m in PART.finditer(text)] + [(m.start(), "rule", m) for m in RULE.finditer(text)]
    for _, kind, match in sorted(marks, key=lambda mark: mark[0]):
        if kind == "part":
            lines += ["", f"## {match[1].capitalize()}", "", "| rule | sentence |", "|---|---|"]
        else:
            sentence = re.sub(r"\s+", " ", match[3].replace('\\"', '"')).replace("|", "\\|").replace("<", "&lt;")
            lines.append(f"| {match[2]} | {sentence} |")
    lines += [
        "",
        "## Several files of one program",
        "",
        "| rule | who says it |",
        "|---|---|",
        "| E909 | the linker, of the symbol `E909_two_files_see_different_contracts_of_one_command`; where it cannot, as in a shared library, "
        "the command fails with `failure::kind::differs` |",
        "| E910 | the program, before `main`: two files that start one model see different verbs of it; both files and the part are named |",
    ]
    return "\n".join(lines) + "\n"


def main():
    file = ROOT / "docs/rules.md"
    if "--fix" in sys.argv[1:]:
        file.write_text(page(), encoding="utf-8")
        return 0
    if file.is_file() and file.read_text(encoding="utf-8") == page():
        return 0
    print(f"{file}: not what the sentences say; run  scripts/list_rules.py --fix", file=sys.stderr)
    return 1


sys.exit(main())
