"""An undeliverable parcel is charged again."""
from dance import print_dance

print_dance(
    ('react(warehouse, const shipping::ship& c, const shipping::undeliverable&, const order::placed& o) -> release { return {c.order, o.item}; }',
     'react(warehouse, const shipping::ship& c, const shipping::undeliverable&, const order::placed& o) -> payment::charge { return {c.order, o.cents}; }'),
    sentence='[gesta E601] these reactions feed each other for ever (the path ends where it began); break it at one reaction, let one of its events undo something that begins outside the path, or say in a reactor  using cycle = gesta::allow_cycle<"reason", bound>;',
    names='endless_reactions<false, payment::charged, stock::reserved, gesta::refused<shipping::ship, shipping::undeliverable>, payment::charged>',
)
