// [gesta E122] this List has room for nothing; write a larger N in  gesta::list<T, N>
// in list_without_room<false, gesta::list<int, 0>>
#include <gesta/domain.hpp>

struct counted { gesta::list<int, 0> counts; };

counted shop;
