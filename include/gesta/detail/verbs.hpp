// What it is: where ordinary lookup of a verb ends. The library finds `decide(state, command)` by the types of its arguments, wherever it is
// called from: a namespace, a variable or a type that the user gave the same name stands outside of that and is nobody's mistake.
// Where it stands: detail; every file that calls a verb reads it. May include: nothing.
#pragma once

namespace gesta::detail {

void decide();
void evolve();
void project();
void react();
void locate();
void observe();
void perform();
void on_failure();
void on();
void translate();
void upcast();
void publish();
void migrate();

}  // namespace gesta::detail
