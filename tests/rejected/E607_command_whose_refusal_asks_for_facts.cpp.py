"""A refusal finds the facts of its process by a field of its command."""
from dance import print_dance

print_dance(
    ('struct reserve  { int order, item;',
     'struct reserve  { int of, item;'),
    ('return reserved{c.order, c.item};',
     'return reserved{c.of, c.item};'),
    ('const charged& paid) -> refund { return {c.order, paid.cents}; }',
     'const charged& paid) -> refund { return {c.of, paid.cents}; }'),
    sentence='[gesta E607] the Choreography finds its processes by a field that the Message does not have, or has with another type than the first beginning event, or that can be no key; add the field, or name another one in  gesta::by<"field">',
    names='choreography_without_field<false, dance, stock::reserve>',
)
