"""The twin: what was released is cancelled at once, and the payment is kept."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('constexpr auto react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }\n',
     ''),
    ('constexpr auto react(billing, const order::cancelled& c, const charged* paid) -> refund { return {c.order, paid ? paid->cents : 0}; }\n',
     ''),
    ('constexpr auto react(desk, const shipping::shipped& s)',
     'constexpr auto react(desk, const stock::released& r) -> cancel { return {r.order, cause::shipping}; }\nconstexpr auto react(desk, const shipping::shipped& s)'),
    ('struct charged  { int order, cents; static',
     'struct charged  { int order, cents; using undo = gesta::needless; static'),
)
