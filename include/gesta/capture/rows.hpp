// What sources share: the fields of a row filled from columns by their names, the checks of a table against a row, and the change handed over.
// Floor: capture.
// May include: detail, codec, store, capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include <gesta/capture/change.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/message/wire.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/store/failure.hpp>

namespace gesta::detail {

/// Words that are added to a failure without a zero behind them.
inline void add_chars(failure& to, chars words) {
  char one[2] = {};
  for (const char c : words) {
    one[0] = c;
    to.add(static_cast<const char*>(one));
  }
}

/// A failure about a column: "customers.city: ...".
inline failure column_failure(failure::kind why, const char* table, chars column, const char* what, const char* more = "") {
  failure cause(why, 0, table, ".");
  detail::add_chars(cause, column);
  cause.add(": ");
  cause.add(what);
  cause.add(more);
  return cause;
}

/// The column of each field of Row.
template <class Row, std::size_t I>
constexpr chars column_of() noexcept {
  return detail::wire_name<Row, I>();
}

/// The table that a Row says.
template <class Row>
std::string table_name() {
  if constexpr (says_table<Row>) {
    const chars name = detail::chars_of(Row::table);
    return {name.data, name.size};
  } else {
    return {};
  }
}

/// Fills an image. `read(I, column, field)` reads one field: nullptr where that went well, else what is wrong; `find(column)` says why a column
/// is not known, absence::present where it is. A column that the table does not have can be left out where the field is an optional.
template <class Row, class Find, class Read>
bool fill_image(image<Row>& to, const char* table, Find&& find, Read&& read, failure& cause) {
  return [&]<std::size_t... I>(indices<I...>) {
    return ([&] {
      using field = field_type<Row, I>;
      const absence why = find(detail::column_of<Row, I>());
      to.set(I, why);
      if (why == absence::no_column && !is_nullable<field>) {
        cause = detail::column_failure(failure::kind::differs, table, detail::column_of<Row, I>(),
                                       "the table had no such column when this was changed; make the field a std::optional, or pass over the change");
        return false;
      }
      if (why != absence::present) return true;
      const char* const wrong = read(detail::column_of<Row, I>(), detail::get_field<I>(to.row()));
      if (wrong == nullptr) return true;
      cause = detail::column_failure(failure::kind::differs, table, detail::column_of<Row, I>(), wrong);
      return false;
    }() && ...);
  }(make_indices<field_count<Row>>{});
}

/// Whether the key in an image is known, and where it is: the key.
template <class Row>
bool take_key(const image<Row>& from, row_key<Row>& key) {
  using keys = typename row_facts<Row>::keys;
  bool known = from.is_known();
  const image<Row>& all = from;
  [&]<std::size_t... I>(indices<I...>) { known = known && (all.is_present(keys::template place<I>()) && ...); }(make_indices<keys::count()>{});
  if (known) key = detail::key_in_row(from.known());
  return known;
}

template <class Row>
bool equal_keys(const Row& a, const Row& b) {
  using keys = typename row_facts<Row>::keys;
  return [&]<std::size_t... I>(indices<I...>) {
    return ((detail::get_field<keys::template place<I>()>(a) == detail::get_field<keys::template place<I>()>(b)) && ...);
  }(make_indices<keys::count()>{});
}

/// Hands a change to a visitor; false: it wants no more, and has not taken this one.
template <class Visit, class Row>
bool hand_over(Visit& visit, const change<Row>& one) {
  if constexpr (std::is_same_v<decltype(visit(one)), bool>) return visit(one);
  else {
    visit(one);
    return true;
  }
}

template <class Visit, class Row>
inline constexpr bool takes_change = requires(Visit& visit, const change<Row>& one) { visit(one); };

/// Whether a visitor takes the changes of all rows, and a report for each that it does not.
template <class Visit, class... Row>
struct takes_changes : rules::report_if<!takes_change<Visit, Row>, diagnostic::change_not_visited, Row>... {
  static constexpr bool all = (takes_change<Visit, Row> && ...);
};

/// Reads an integer into a field of an integral type, an enum or bool. nullptr: it fitted.
template <class T>
const char* integer_into(std::int64_t number, T& field) noexcept {
  if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> inner{};
    if (const char* const wrong = detail::integer_into(number, inner)) return wrong;
    field = static_cast<T>(inner);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (number != 0 && number != 1) return "the number is neither 0 nor 1, and the field is a bool";
    field = number != 0;
  } else {
    field = static_cast<T>(number);
    if (static_cast<std::int64_t>(field) != number || (std::is_unsigned_v<T> && number < 0)) return "the number does not fit into the field";
  }
  return nullptr;
}

/// Characters into a text or a string. nullptr: they fitted.
template <class T>
const char* text_into(chars words, T& field) {
  if constexpr (form_of_type<T> == form::text) {
    if (words.size > T::capacity()) return "the text is longer than the field";
    field = T(words.data, words.size);
  } else {
    field.assign(words.data, words.size);
  }
  return nullptr;
}

/// Bytes, that `next()` gives one by one, into a field of bytes. nullptr: they fitted.
template <class T, class Next>
const char* bytes_into(std::size_t size, Next&& next, T& field) {
  using byte = typename T::value_type;
  if constexpr (form_of_type<T> == form::array) {
    if (size != field.size()) return "there are more or fewer bytes than the field has";
    for (std::size_t i = 0; i < size; ++i) field[i] = static_cast<byte>(next());
  } else if constexpr (form_of_type<T> == form::list) {
    if (size > T::capacity()) return "there are more bytes than the field takes";
    field.clear();
    for (std::size_t i = 0; i < size; ++i) (void)field.push_back(static_cast<byte>(next()));
  } else {
    field.clear();
    for (std::size_t i = 0; i < size; ++i) field.push_back(static_cast<byte>(next()));
  }
  return nullptr;
}

}  // namespace gesta::detail
