"""The twin: on the way to a release nothing was shipped."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('constexpr auto react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }',
     'constexpr auto react(billing, const stock::released& r, const shipping::shipped* gone, const charged& paid) -> refund { return {r.order, gone ? 0 : paid.cents}; }'),
)
