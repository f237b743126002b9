// What a choreography asks for: the facts of its reactions, and the field by which events of one process belong together.
// Floor: model. Costs nothing in a model without choreographies.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/model/flow.hpp>

namespace gesta::detail {

// ---- facts

/// The event in a further parameter of a reaction; `about` is none.
template <class Parameter>
struct fact_in : type_is<types<>> {};
template <class Fact>
struct fact_in<const Fact&> : type_is<types<Fact>> {};
template <class Fact>
struct fact_in<const Fact*> : type_is<types<Fact>> {};
template <>
struct fact_in<const about&> : type_is<types<>> {};

/// Only those that have surely happened.
template <class Parameter>
struct sure_fact_in : type_is<types<>> {};
template <class Fact>
struct sure_fact_in<const Fact&> : fact_in<const Fact&> {};

template <class Further>
struct facts_of_further;
template <class... Parameter>
struct facts_of_further<types<Parameter...>> {
  using all = concat<typename fact_in<Parameter>::type...>;
  using sure = concat<typename sure_fact_in<Parameter>::type...>;
};
template <class Reaction>
using facts_of_reaction = typename facts_of_further<typename Reaction::further>::all;
template <class Reaction>
using sure_facts_of_reaction = typename facts_of_further<typename Reaction::further>::sure;

/// The reactions of a choreography, reactor by reactor.
template <class Flow, class Choreography>
using group_of = group_flow<Flow, danced_in<reactors, Choreography>>;
/// All facts that its reactions ask for, each once.
template <class Flow, class Choreography>
using facts_asked_in = unique<joined<mapped<facts_of_reaction, typename group_of<Flow, Choreography>::reactions>>>;

template <class Flow>
struct asking {
  template <class Choreography>
  using facts = std::bool_constant<facts_asked_in<Flow, Choreography>::size != 0>;
};
template <class Flow>
using choreographies_with_facts = filtered<typename Flow::choreographies, asking<Flow>::template facts>;

// ---- correlation

template <class By>
inline constexpr const char* correlation_field = "";
template <fixed_string Field>
inline constexpr const char* correlation_field<by<Field>> = Field.chars;

/// Where a message says which process it belongs to; npos: nowhere.
template <class Choreography, class Message>
inline constexpr std::size_t correlation_place = field_index<Message>(correlation_field<typename Choreography::danced_by>);

/// How the process of a message is found: correlation::in(message), a value of `type`, that of the first beginning event.
template <class Flow, class Choreography>
struct correlation_of {
  using first = at<0, danced_in<begins, Choreography>>;
  using type = std::remove_cvref_t<field_type<first, correlation_place<Choreography, first>>>;
  template <class Message>
  static constexpr const auto& in(const Message& message) noexcept {
    return get_field<correlation_place<Choreography, Message>>(message);
  }
};

}  // namespace gesta::detail
