// What a program of the tests of gesta-log includes for logs in PostgreSQL: apart, since the build goes by what a source includes.
#pragma once

#include <gesta/store/postgres.hpp>
#include <gesta/store/postgres_place.hpp>
