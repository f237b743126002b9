"""A command is no fact."""
from dance import print_dance

print_dance(
    ('constexpr auto react(warehouse, const payment::charged& c, const order::placed& o)',
     'constexpr auto react(warehouse, const payment::charged& c, const order::place& o)'),
    sentence="[gesta E609] the Reactor's reaction to Cause asks for something that is no event of the model; take facts as  const Event&  or  const Event*,  up to four with a last  const gesta::about&",
    names='reaction_to_no_fact<false, stock::warehouse, payment::charged, dance>',
)
