"""Prints a model of 128 events of which one has no evolve."""
from large_model import source

print("// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event")
print("// in event_without_evolve<false, aggregate_4, happened_77>")
print(source(128, without=77))
