#include <gesta/domain.hpp>

struct alignas(8) wide { long long low, high; };
struct counted { gesta::list<wide, 4> counts; };

counted shop;
