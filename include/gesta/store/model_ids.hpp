// What a model calls by an id, for stores that keep a dictionary of it: names, versions and the forms of bytes.
// Floor: store. Between a model's types and the tables `types` of SQLite and PostgreSQL.
// May include: detail, message, decide, model, codec, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/wire_form.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/message/id.hpp>
#include <gesta/model/flow.hpp>

namespace gesta::detail {

/// What a type of a dictionary is.
enum class stored_kind : std::uint8_t { event, rejection, aggregate };
inline constexpr std::size_t stored_kinds = 3;

/// The ids of one kind that a model knows, by tag. A null name: the type has no id and cannot be stored.
struct known_ids {
  const event_id* first = nullptr;
  std::size_t count = 0;
  const char* const* forms = nullptr;  ///< what their bytes are, by tag (codec/wire_form.hpp)
};

/// What a model says of its ids.
struct model_ids {
  known_ids of[stored_kinds];
  bool (*is_retired)(const char* name) = nullptr;
};

template <class Type>
constexpr event_id id_or_none() noexcept {
  if constexpr (identified<Type>) return id_of<Type>;
  else return event_id{nullptr};
}
template <class Type>
constexpr const char* form_or_none() noexcept {
  if constexpr (aggregate_part<Type>) return key_wire_form<typename key_rule<Type>::key_type>;
  else if constexpr (identified<Type> && encodable<Type>) return wire_form<Type>;
  else return "";  // it is never stored
}

/// The ids of a list of types, by index.
template <class List>
struct id_table;
template <class... T>
struct id_table<types<T...>> {
  static constexpr event_id all[] = {id_or_none<T>()..., event_id{nullptr}};
  static constexpr const char* forms[] = {form_or_none<T>()..., nullptr};
  static constexpr known_ids known = {all, sizeof...(T), forms};
};

template <class Flow>
bool is_retired(const char* name) {
  bool found = false;
  Flow::each_retired([&](const char* retired) { found = found || std::strcmp(name, retired) == 0; });
  return found;
}

/// All that a model says of its ids.
template <class Flow>
inline constexpr model_ids ids_of_model = {{id_table<typename Flow::events>::known, id_table<typename Flow::stored_rejections>::known,
                                            id_table<typename Flow::aggregates>::known},
                                           is_retired<Flow>};

}  // namespace gesta::detail
