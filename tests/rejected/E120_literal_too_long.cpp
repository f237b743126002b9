// [gesta E120] this literal is longer than the Text it is for; write a larger N in  gesta::text<N>,  or  gesta::text<N>::from(...)  for a buffer
// in literal_too_long<false, gesta::text<5>>
#include <gesta/domain.hpp>

struct named { gesta::text<5> name; };

inline constexpr named shop{"corner"};
