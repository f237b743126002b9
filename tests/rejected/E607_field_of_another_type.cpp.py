"""One event numbers its orders otherwise."""
from dance import print_dance

print_dance(
    ('struct shipped { int order;',
     'struct shipped { long order;'),
    ('-> confirm { return {s.order}; }', '-> confirm { return {static_cast<int>(s.order)}; }'),
    sentence='[gesta E607] the Choreography finds its processes by a field that the Message does not have, or has with another type than the first beginning event, or that can be no key; add the field, or name another one in  gesta::by<"field">',
    names='choreography_without_field<false, dance, shipping::shipped>',
)
