"""On the way to a release nothing was shipped."""
from dance import print_dance

print_dance(
    ('constexpr auto react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }',
     'constexpr auto react(billing, const stock::released& r, const shipping::shipped&) -> refund { return {r.order, 0}; }'),
    sentence='[gesta E606] the reaction to Trigger asks for a Fact that has not happened on every path to it; take  const Fact*  and look, or react to a later event',
    names='reaction_fact_missing<false, stock::released, shipping::shipped>',
)
