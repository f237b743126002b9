"""Nobody says what follows when the stock is sold out. That it is a refusal which nobody hears is not said as well."""
from dance import print_dance

print_dance(
    ('constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid) -> refund { return {c.order, paid.cents}; }\n',
     ''),
    sentence='[gesta E602] after Last nobody goes on, and the process is neither complete nor given up; let a reactor say  react(const Reactor&, const Last&) -> command;  if Last is refused<Command, Rejection>:  react(const Reactor&, const Command&, const Rejection&);  if it is unchanged<Command>:  react(const Reactor&, const Command&, gesta::nothing);  if several commands are asked there:  react(const Reactor&, const gesta::all_done<Command>&)',
    names='path_ends_nowhere<false, gesta::refused<stock::reserve, stock::sold_out>, order::placed, payment::charged, gesta::refused<stock::reserve, stock::sold_out>>',
)
