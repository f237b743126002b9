// A user's commands may be called as functions of the operating system are: gesta.hpp declares none of those.
#include <gesta/gesta.hpp>

struct open {};
struct close {};
struct read {};
struct write {};
struct link {};
struct sync {};
open a;  // not a type where a function of this name is declared as well
close b;
read c;
write d;
link e;
sync f;

#include <doctest/doctest.h>

TEST_CASE("commands are called open, close, read, write, link and sync") { CHECK(sizeof(a) + sizeof(b) + sizeof(c) + sizeof(d) + sizeof(e) + sizeof(f) == 6); }
