// The definitions of Boost.JSON: what a program that uses gesta::json has in one of its files. See testing.cmake.
#include <boost/json/src.hpp>
