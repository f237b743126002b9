"""Nothing ends it."""
from dance import print_dance

print_dance(
    ('gesta::completes<order::confirmed>,\n',
     ''),
    ('gesta::gives_up<order::cancelled>,\n',
     ''),
    sentence='[gesta E605] the Choreography does not say all that makes it one; write  gesta::choreography<gesta::by<"field">, gesta::begins<event...>, gesta::completes<event...>, gesta::gives_up<event...>, gesta::reactors<...>>,  where one of completes and gives_up may be missing',
    names='choreography_incomplete<false, dance>',
)
