"""A customer asks from outside: of what follows from that nothing is proved."""
from dance import print_dance

print_dance(
    ('constexpr auto react(desk, const shipping::shipped& s)',
     'constexpr auto react(desk, const cancel_asked& a) -> cancel { return {a.order, cause::customer}; }\nconstexpr auto react(desk, const shipping::shipped& s)'),
    sentence="[gesta E616] no path from the beginnings of the Choreography leads to Cause, so nothing is proved of the Reactor's reaction to it; add Cause to  gesta::begins<...>,  or list the reactor in a  gesta::reactors<...>  of its own",
    names='reaction_unreached<false, order::desk, order::cancel_asked, dance>',
)
