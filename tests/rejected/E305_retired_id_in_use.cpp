// [gesta E305] the Event uses an id that the model has retired, so old records would be read as the new event; give it a new id
// in retired_id_in_use<false, noted>
#include <gesta/model/model.hpp>

struct noted { int page; static constexpr auto id = "order.noted"; };
struct note { int page; };
struct order { int notes = 0; };

constexpr void evolve(order& o, const noted&) { ++o.notes; }
constexpr auto decide(const order&, const note& c) -> gesta::emits<noted> { return noted{c.page}; }

struct orders : gesta::aggregate<order, gesta::commands<note>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders, gesta::retired<"order.noted">> {};
