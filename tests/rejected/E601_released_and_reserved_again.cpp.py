"""Undone and done again."""
from dance import print_dance

print_dance(
    ('constexpr auto react(warehouse, const payment::charged& c',
     'constexpr auto react(warehouse, const released& r) -> reserve { return {r.order, r.item}; }\nconstexpr auto react(warehouse, const payment::charged& c'),
    sentence='[gesta E601] these reactions feed each other for ever (the path ends where it began); break it at one reaction, let one of its events undo something that begins outside the path, or say in a reactor  using cycle = gesta::allow_cycle<"reason", bound>;',
    names='endless_reactions<false, stock::released, stock::reserved, gesta::refused<shipping::ship, shipping::undeliverable>, stock::released>',
)
