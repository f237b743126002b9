// That every member of a row can stand in a column.
// Floor: store.
// May include: detail, model/diagnostic.hpp, codec.
#pragma once

#include <cstddef>

#include <gesta/codec/binary.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta::detail {

template <class Row>
struct members_as_columns {
  static constexpr std::size_t wrong = []<class... Member>(types<Member...>) {
    const bool all[] = {!encodable<Member>..., false};
    for (std::size_t i = 0; i < sizeof...(Member); ++i)
      if (all[i]) return i;
    return npos;
  }(field_types<Row>{});
  template <bool Ok>
  static constexpr auto report() {
    if constexpr (wrong == npos) return diagnostic::member_without_column<true, Row, void>{};
    else return diagnostic::member_without_column<Ok, Row, field_type<Row, wrong>>{};
  }
  static_assert(sizeof(members_as_columns::template report<false>()) != 0);
};

}  // namespace gesta::detail
