// [gesta E121] gesta::list<T, N>  holds values that are copied as bytes, and this Element is not; write  std::vector<Element>
// in list_of_no_bytes<false, std::
#include <string>
#include <vector>

#include <gesta/domain.hpp>

struct named { gesta::list<std::string, 4> names; };

named shop;
