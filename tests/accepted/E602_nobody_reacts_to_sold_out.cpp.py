"""The twin: nobody says what follows when the stock is sold out. That it is a refusal which nobody hears is not said as well."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid) -> refund { return {c.order, paid.cents}; }',
     'constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid, const gesta::about&) -> refund { return {c.order, paid.cents}; }'),
)
