#include <gesta/domain.hpp>

struct named { gesta::text<5> name; };

inline constexpr named shop{"corne"};
