// A contract of 65 events; a decision has a bit for each of 64.
#include <cstddef>
#include <utility>

#include <gesta/domain.hpp>

template <std::size_t Account>
struct settled { int cents; };
struct settle { int cents; };
struct day { int cents = 0; };

template <class Accounts>
struct all;
template <std::size_t... Account>
struct all<std::index_sequence<Account...>> { using contract = gesta::emits<settled<Account>...>; };

constexpr auto decide(const day&, const settle& c) -> all<std::make_index_sequence<64>>::contract { return settled<0>{c.cents}; }
