"""Without `undoes` the two who cancel and pay back feed each other."""
from dance import print_dance

print_dance(
    ('\n  using undoes = placed;',
     ''),
    ('\n  using undoes = charged;',
     ''),
    sentence='[gesta E601] these reactions feed each other for ever (the path ends where it began); break it at one reaction, let one of its events undo something that begins outside the path, or say in a reactor  using cycle = gesta::allow_cycle<"reason", bound>;',
    names='endless_reactions<false, order::cancelled, payment::refunded, order::cancelled>',
)
