#include <functional>

#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct thrown { int by; static constexpr auto id = "ball.thrown"; };
struct throw_it {};
struct ball { int throws = 0; };

inline void evolve(ball& b, const thrown&) { ++b.throws; }
auto decide(const ball&, const throw_it&) -> gesta::emits<thrown>;

struct balls : gesta::aggregate<ball, gesta::commands<throw_it>> { static constexpr auto id = "ball"; };
struct game : gesta::model<balls> {};

using game_lock = gesta::schema_lock<>;
struct game_is_locked : gesta::locked_model<game, game_lock> {};
