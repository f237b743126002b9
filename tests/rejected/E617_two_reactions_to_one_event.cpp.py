"""Of one event and one reactor, two reactions."""
from dance import print_dance

print_dance(
    ('constexpr auto react(warehouse, const payment::charged& c',
     'constexpr auto react(warehouse, const payment::charged& c, const order::placed* o) -> reserve { return {c.order, o ? o->item : 0}; }\nconstexpr auto react(warehouse, const payment::charged& c'),
    sentence='[gesta E617] the Reactor has several reactions to Cause, which ask for different facts; keep one, and take  const Fact*  for what may be missing',
    names='reaction_with_two_lists<false, stock::warehouse, payment::charged, dance>',
)
