#include <gesta/domain.hpp>

struct counted { gesta::list<int, 1> counts; };

counted shop;
