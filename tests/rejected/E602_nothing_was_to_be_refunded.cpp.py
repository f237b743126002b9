"""Where nothing was to be done nobody goes on: the refund of an order whose payment was paid back before."""
from dance import print_dance

print_dance(
    ('constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid) -> refund { return {c.order, paid.cents}; }',
     'constexpr auto react(billing, const charge& c, const card_declined&) -> refund { return {c.order, 0}; }\nconstexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid) -> refund { return {c.order, paid.cents}; }'),
    ('constexpr auto react(desk, const payment::charge& c, const payment::card_declined&) -> cancel { return {c.order, cause::payment}; }\n',
     ''),
    ('constexpr auto react(desk, const payment::refund& c, gesta::nothing) -> cancel { return {c.order, cause::payment}; }\n',
     ''),
    sentence='[gesta E602] after Last nobody goes on, and the process is neither complete nor given up; let a reactor say  react(const Reactor&, const Last&) -> command;  if Last is refused<Command, Rejection>:  react(const Reactor&, const Command&, const Rejection&);  if it is unchanged<Command>:  react(const Reactor&, const Command&, gesta::nothing);  if several commands are asked there:  react(const Reactor&, const gesta::all_done<Command>&)',
    names='path_ends_nowhere<false, gesta::unchanged<payment::refund>, order::placed, gesta::refused<payment::charge, payment::card_declined>, gesta::unchanged<payment::refund>>',
)
