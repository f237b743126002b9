"""The twin: a refusal finds the facts of its process by a field of its command."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('struct reserve  { int order, item;',
     'struct reserve  { int of, item;'),
    ('return reserved{c.order, c.item};',
     'return reserved{c.of, c.item};'),
    ('constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid) -> refund { return {c.order, paid.cents}; }',
     'constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&) -> refund { return {c.of, 0}; }'),
)
