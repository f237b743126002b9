"""An order of several reservations, or of none: then nobody goes on."""
from dance import print_dance

print_dance(
    ('react(warehouse, const payment::charged& c, const order::placed& o) -> reserve { return {c.order, o.item}; }',
     'react(warehouse, const payment::charged& c, const order::placed& o) -> gesta::many<reserve> { return {reserve{c.order, o.item}, reserve{c.order, o.item + 1}}; }'),
    sentence='[gesta E602] after Last nobody goes on, and the process is neither complete nor given up; let a reactor say  react(const Reactor&, const Last&) -> command;  if Last is refused<Command, Rejection>:  react(const Reactor&, const Command&, const Rejection&);  if it is unchanged<Command>:  react(const Reactor&, const Command&, gesta::nothing);  if several commands are asked there:  react(const Reactor&, const gesta::all_done<Command>&)',
    names='path_ends_nowhere<false, payment::charged, order::placed, payment::charged>',
)
