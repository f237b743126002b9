"""The twin: a customer asks from outside: of what follows from that nothing is proved."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('namespace order {\nstruct desk',
     'namespace order {\nstruct counter { static constexpr auto id = "counter"; };\nconstexpr auto react(counter, const cancel_asked& a) -> cancel { return {a.order, cause::customer}; }\nstruct desk'),
    ('shipping::parcels, dance>',
     'shipping::parcels, dance, gesta::reactors<order::counter>>'),
)
