// What begins a process that is told by its reactions or by its states.
// Floor: react.
// May include: nothing.
#pragma once

namespace gesta {

/// In a gesta::choreography, and in a process: each of these events begins one.
template <class... Event>
struct begins {};

}  // namespace gesta
