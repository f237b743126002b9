"""The choreography of examples/dance.hpp as a source of its own, with changes: each replaces a text that stands there once.

A file E602_....cpp.py of this folder or of tests/accepted imports it and calls print_dance.
"""
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def print_dance(*changes, sentence="", names="", includes=""):
    """Prints the sentence that is expected, the report's type after `// in`, and the program."""
    text = "".join((EXAMPLES / name).read_text() for name in ("shop.hpp", "dance.hpp"))
    lines = [line for line in text.splitlines() if not line.startswith(("#", "//"))]
    text = "\n".join(lines).replace("using undoes", "\n  using undoes") + "\n"
    text += "struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, dance> {};\n"
    for old, new in changes:
        if text.count(old) != 1:
            raise SystemExit(f"{text.count(old)} times in the dance: {old}")
        text = text.replace(old, new)
    if sentence:
        print(f"// {sentence}")
    if names:
        print(f"// in {names}")
    print("#include <gesta/model/model.hpp>\n#include <gesta/react/choreography.hpp>\n" + includes + text)
