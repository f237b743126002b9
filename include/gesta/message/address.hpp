// A command together with the key of the entity it is for.
// Floor: message.
// May include: nothing of gesta.
#pragma once

namespace gesta {

/// What `gesta::to(key, command)` returns: for aggregates whose commands do not carry their key.
template <class Key, class Command>
struct addressed {
  Key key;
  Command command;
};

/// Addresses a command to one entity: `return gesta::to(order.customer, charge{order.cents});`
template <class Key, class Command>
constexpr auto to(Key key, Command command) -> addressed<Key, Command> {
  return {static_cast<Key&&>(key), static_cast<Command&&>(command)};
}

}  // namespace gesta
