"""The twin: an order of several reservations, or of none. When all are done, the parcel is sent; what was reserved is released, all of it, and then refunded."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rejected"))
from dance import print_dance  # noqa: E402

print_dance(
    ('react(warehouse, const payment::charged& c, const order::placed& o) -> reserve { return {c.order, o.item}; }',
     'react(warehouse, const payment::charged& c, const order::placed& o) -> gesta::many<reserve> { return {reserve{c.order, o.item}, reserve{c.order, o.item + 1}}; }\n'
     'constexpr auto react(warehouse, const reserve& c, const sold_out&) -> gesta::many<release> { return {release{c.order, c.item - 1}}; }'),
    ('constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid) -> refund { return {c.order, paid.cents}; }\n', ''),
    ('react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }',
     'react(billing, const gesta::all_done<stock::release>&, const charged& paid) -> refund { return {paid.order, paid.cents}; }'),
    ('react(warehouse, const shipping::ship& c, const shipping::undeliverable&, const order::placed& o) -> release { return {c.order, o.item}; }',
     'react(warehouse, const shipping::ship& c, const shipping::undeliverable&, const order::placed& o) -> gesta::many<release> { return {release{c.order, o.item + 1}, release{c.order, o.item}}; }'),
    ('react(dispatch, const stock::reserved& r) -> ship { return {r.order}; }',
     'react(dispatch, const gesta::all_done<stock::reserve>&, const order::placed& o) -> ship { return {o.order}; }'),
)
