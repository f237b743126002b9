#!/usr/bin/env python3
"""Checks that what README.md and docs/*.md show is what the repository holds.

usage: scripts/check_readme.py [--fix] [ROOT]        --fix rewrites the blocks; ROOT: the repository unless said

A fenced block with a marker before it shows a file of the repository:

    <!-- examples/01_account.cpp -->                 the whole file; an output likewise: <!-- examples/01_account.expected -->
    <!-- examples/01_account.cpp#handle -->          the lines between  // [handle]  and  // [/handle]
    <!-- error of tests/rejected/E101_x.cpp -->      what a compiler said: it must hold the sentence of the file's first line (not fixed)
    <!-- not compiled -->                            nothing is compared

Every block of C++ in README.md has a marker. A broken promise is printed as file:line; the exit code is 1 when there is one.
"""
import re
import sys
import textwrap
from pathlib import Path

MARKER = re.compile(r"^<!--\s*(?P<error>error of\s+)?(?P<path>[\w./-]+\.\w+)(#(?P<region>[\w-]+))?\s*-->\s*$")
NOT_COMPILED = re.compile(r"^<!--\s*not compiled\s*-->\s*$")
REGION_MARK = re.compile(r"^\s*(//|#)\s*\[/?[\w-]+\]\s*$")
FENCE = re.compile(r"^(?P<fence>`{3,})\s*(?P<language>[\w+-]*)")


class Broken(Exception):
    """A sentence about a marker whose promise is not kept."""


def shown(text, region):
    """The lines of a file that a marker asks for, without the lines that mark regions."""
    lines = text.splitlines()
    if region:
        opens = [i for i, line in enumerate(lines) if re.fullmatch(rf"\s*(//|#)\s*\[{re.escape(region)}\]\s*", line)]
        closes = [i for i, line in enumerate(lines) if re.fullmatch(rf"\s*(//|#)\s*\[/{re.escape(region)}\]\s*", line)]
        if len(opens) != 1 or len(closes) != 1 or closes[0] < opens[0]:
            raise Broken(f"the region {region} does not stand there once, between // [{region}] and // [/{region}]")
        lines = lines[opens[0] + 1 : closes[0]]
    kept = "\n".join(line.rstrip() for line in lines if not REGION_MARK.match(line))
    return textwrap.dedent(kept).strip("\n").split("\n")


def block(marker, root, lines):
    """What the lines of a marked block have to be."""
    file = root / marker["path"]
    if not file.is_file():
        raise Broken(f"{marker['path']} is not there")
    text = file.read_text(encoding="utf-8")
    if marker["error"]:
        first = text.split("\n", 1)[0]
        sentence = first[first.find("[gesta ") :].strip()
        said = re.sub(r"\s+", " ", " ".join(lines))
        if "[gesta " not in first or re.sub(r"\s+", " ", sentence) not in said:
            raise Broken(f"the block does not hold the sentence of {marker['path']}: {first}")
        return lines
    return shown(text, marker["region"])


def check_page(page, root, fix=False):
    """The broken promises of one page, as sentences; with fix the page is rewritten. Also the number of blocks compared."""
    lines = page.read_text(encoding="utf-8").split("\n")
    said, out, i, compared = [], [], 0, 0
    marker, excused = None, False
    while i < len(lines):
        out.append(lines[i])
        fence = FENCE.match(lines[i])
        if not fence:
            if lines[i].strip():
                if marker:
                    said.append(f"{page}:{i + 1}: a marker stands before no block")
                marker, excused = MARKER.match(lines[i]), bool(NOT_COMPILED.match(lines[i]))
            i += 1
            continue
        end = i + 1
        while end < len(lines) and not lines[end].startswith(fence["fence"]):
            end += 1
        inner = lines[i + 1 : end]
        if marker:
            compared += 1
            try:
                wanted = block(marker, root, inner)
                if wanted != [line.rstrip() for line in inner] and not fix:
                    at = next((k for k, (a, b) in enumerate(zip(inner, wanted)) if a.rstrip() != b), min(len(inner), len(wanted)))
                    there = repr(wanted[at]) if at < len(wanted) else "its end"
                    said.append(f"{page}:{i + 2 + at}: differs from {marker['path']}: {there} stands there; "
                                "scripts/check_readme.py --fix writes it anew")
                inner = wanted if fix else inner
            except Broken as broken:
                said.append(f"{page}:{i + 1}: {broken}")
        elif fence["language"] in ("cpp", "c++") and page.name == "README.md" and not excused:
            said.append(f"{page}:{i + 1}: C++ without a marker; take it from a file that is compiled, or say <!-- not compiled -->")
        out += inner + lines[end : end + 1]
        marker, excused, i = None, False, end + 1
    if marker:
        said.append(f"{page}:{len(lines)}: a marker stands before no block")
    if fix and out != lines:
        page.write_text("\n".join(out), encoding="utf-8")
    return said, compared


def check(root, fix=False):
    """The broken promises of README.md and docs/*.md below root; at least one block must have been compared."""
    root = Path(root)
    said, compared = [], 0
    for page in [root / "README.md", *sorted(root.glob("docs/*.md"))]:
        if page.is_file():
            more, count = check_page(page, root, fix)
            said, compared = said + more, compared + count
        else:
            said.append(f"{page}: is not there")
    if not compared and not said:
        said.append(f"{root}/README.md: shows no file of the repository; a marker is missing")
    return said, compared


def main():
    arguments = [a for a in sys.argv[1:] if a != "--fix"]
    root = arguments[0] if arguments else Path(__file__).resolve().parent.parent
    said, compared = check(root, "--fix" in sys.argv)
    for sentence in said:
        print(sentence)
    if not said:
        print(f"README.md and docs: {compared} blocks equal their files")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
