"""What was released is cancelled at once, and the payment is kept."""
from dance import print_dance

print_dance(
    ('constexpr auto react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }\n',
     ''),
    ('constexpr auto react(billing, const order::cancelled& c, const charged* paid) -> refund { return {c.order, paid ? paid->cents : 0}; }\n',
     ''),
    ('constexpr auto react(desk, const shipping::shipped& s)',
     'constexpr auto react(desk, const stock::released& r) -> cancel { return {r.order, cause::shipping}; }\nconstexpr auto react(desk, const shipping::shipped& s)'),
    sentence='[gesta E603] on this path the process is given up while Remains still stands; lead the path through the event that says  using undoes = Remains;  or let Remains say  using undo = gesta::needless;',
    names='left_undone<false, payment::charged, order::placed, payment::charged, stock::reserved, gesta::refused<shipping::ship, shipping::undeliverable>, stock::released, order::cancelled>',
)
