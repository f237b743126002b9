"""The process is complete with an event that no decision emits."""
from dance import print_dance

print_dance(
    ('gesta::completes<order::confirmed>',
     'gesta::completes<order::confirmed, order::closed>'),
    ('struct confirm  ',
     'struct closed { int order; static constexpr auto id = "order.closed"; };\nstruct confirm  '),
    sentence='[gesta E608] the Choreography begins, completes or gives up with an Event that no decision of the model emits; name one that is emitted, or add its aggregate to the model',
    names='choreography_of_unemitted<false, dance, order::closed>',
)
