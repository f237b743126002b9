// The main function of every test program: compiled once, see CMakeLists.txt beside it.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
