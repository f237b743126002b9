"""The goods are reserved, and nobody ships them."""
from dance import print_dance

print_dance(
    ('constexpr auto react(dispatch, const stock::reserved& r) -> ship { return {r.order}; }\n',
     ''),
    ('shipping::dispatch, order::desk>',
     'order::desk>'),
    ('constexpr auto react(warehouse, const shipping::ship& c, const shipping::undeliverable&, const order::placed& o) -> release { return {c.order, o.item}; }\n',
     ''),
    ('constexpr auto react(desk, const shipping::shipped& s) -> confirm { return {s.order}; }\n',
     ''),
    ('constexpr auto react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }\n',
     ''),
    sentence='[gesta E602] after Last nobody goes on, and the process is neither complete nor given up; let a reactor say  react(const Reactor&, const Last&) -> command;  if Last is refused<Command, Rejection>:  react(const Reactor&, const Command&, const Rejection&);  if it is unchanged<Command>:  react(const Reactor&, const Command&, gesta::nothing);  if several commands are asked there:  react(const Reactor&, const gesta::all_done<Command>&)',
    names='path_ends_nowhere<false, stock::reserved, order::placed, payment::charged, stock::reserved>',
)
