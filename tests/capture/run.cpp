// One of the tests of capture as a program of its own: what the mutations are tried with.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#define GESTA_TEXT_OF(x) #x
#define GESTA_TEXT(x) GESTA_TEXT_OF(x)
#include GESTA_TEXT(GESTA_PLACE.test.cpp)
