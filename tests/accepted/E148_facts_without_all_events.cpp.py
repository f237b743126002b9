"""The twin: all states are in memory."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    includes="#include <gesta/gesta.hpp>\n#include <gesta/store/sqlite.hpp>\n",
)
print('inline void use() { auto app = gesta::start<shop>(gesta::sqlite_store{.path = "a.db"}); }')
