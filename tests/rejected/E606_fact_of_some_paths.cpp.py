"""A refund follows from a cancellation too, and then nothing was released."""
from dance import print_dance

print_dance(
    ('const stock::released* gone) -> cancel { return {r.order, gone ? cause::shipping : cause::stock}; }',
     'const stock::released&) -> cancel { return {r.order, cause::shipping}; }'),
    sentence='[gesta E606] the reaction to Trigger asks for a Fact that has not happened on every path to it; take  const Fact*  and look, or react to a later event',
    names='reaction_fact_missing<false, payment::refunded, stock::released>',
)
