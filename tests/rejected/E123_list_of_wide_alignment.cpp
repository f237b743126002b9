// [gesta E123] the Element of a gesta::list is aligned to more than eight bytes; hold the numbers that it is made of
// in list_of_wide_alignment<false, wide>
#include <gesta/domain.hpp>

struct alignas(16) wide { long long low, high; };
struct counted { gesta::list<wide, 4> counts; };

counted shop;
