// The domain of the example 17: names of users, each held by one. It knows no store.
#pragma once

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>

#include <string>

namespace users {

struct user_no { int number; };  // a strong id stays one as a tag

struct name_taken      { std::string name; user_no user; static constexpr auto id = "name.taken";      using tags = gesta::tags<"name", "user">; };
struct name_given_back { std::string name; user_no user; static constexpr auto id = "name.given_back"; using tags = gesta::tags<"name", "user">; };
struct take_name { std::string name; user_no user; };
struct leave     { user_no user; };
struct in_use    { int by; };

struct name { int holder = 0;   using tags = gesta::tags<"name">; };
struct user { std::string name; using tags = gesta::tags<"user">; };

inline void evolve(name& n, const name_taken& e)      { n.holder = e.user.number; }
inline void evolve(name& n, const name_given_back&)   { n.holder = 0; }
inline void evolve(user& u, const name_taken& e)      { u.name = e.name; }
inline void evolve(user& u, const name_given_back&)   { u.name.clear(); }

inline auto decide(const name& n, const user& u, const take_name& c) -> gesta::emits<name_given_back, name_taken>::or_nothing::or_rejects<in_use> {
  if (n.holder == c.user.number) return gesta::no_change;
  if (n.holder != 0) return in_use{n.holder};
  if (u.name.empty()) return name_taken{c.name, c.user};
  return gesta::emit(name_given_back{u.name, c.user}, name_taken{c.name, c.user});
}
inline auto decide(const user& u, const leave& c) -> gesta::emits<name_given_back>::or_nothing {
  if (u.name.empty()) return gesta::no_change;
  return name_given_back{u.name, c.user};
}

struct names : gesta::boundary<gesta::states<name, user>, gesta::commands<take_name, leave>> { static constexpr auto id = "names"; };

}  // namespace users
