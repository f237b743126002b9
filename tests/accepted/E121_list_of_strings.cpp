#include <string>
#include <vector>

#include <gesta/domain.hpp>

struct named { std::vector<std::string> names; };

named shop;
