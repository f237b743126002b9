"""The command of a reaction is in no aggregate of the model."""
from dance import print_dance

print_dance(
    ('constexpr auto react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }',
     'struct bounce { int order; };\nconstexpr auto react(billing, const stock::released& r, const charged&) -> bounce { return {r.order}; }'),
    sentence="[gesta E202] the Reactor sends a Command that no aggregate of the model lists; add it to its aggregate's commands, or add the aggregate to the model",
    names='sent_command_without_handler<false, payment::billing, payment::bounce>',
)
