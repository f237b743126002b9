// [gesta E124] the Message is stored, and this Member of it cannot be written as bytes and read back; hold plain values: numbers, enums with a stated type, text, structs, and ordered containers, optionals and variants of them
// in message_without_wire_form<false, std::function<void()>, thrown>
#include <functional>

#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct thrown { std::function<void()> by; static constexpr auto id = "ball.thrown"; };
struct throw_it {};
struct ball { int throws = 0; };

inline void evolve(ball& b, const thrown&) { ++b.throws; }
auto decide(const ball&, const throw_it&) -> gesta::emits<thrown>;

struct balls : gesta::aggregate<ball, gesta::commands<throw_it>> { static constexpr auto id = "ball"; };
struct game : gesta::model<balls> {};

using game_lock = gesta::schema_lock<>;
struct game_is_locked : gesta::locked_model<game, game_lock> {};
