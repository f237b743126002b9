"""Who is confirmed is cancelled as well."""
from dance import print_dance

print_dance(
    ('constexpr auto react(desk, const shipping::shipped& s)',
     'constexpr auto react(desk, const confirmed& c) -> cancel { return {c.order, cause::none}; }\nconstexpr auto react(desk, const shipping::shipped& s)'),
    sentence='[gesta E604] on this path the process is completed and given up as well; remove one of the two reactions',
    names='both_ends<false, order::confirmed, order::cancelled, order::placed, payment::charged, stock::reserved, shipping::shipped, order::confirmed, order::cancelled, payment::refunded, gesta::unchanged<order::cancel>>',
)
