// [gesta E801] the Event may be larger on the wire than the model's budget; make it smaller, or keep the large part elsewhere and store its key
// in event_above_budget<false, scanned
#include <gesta/message/text.hpp>
#include <gesta/model/model.hpp>

struct scanned { gesta::text<4000> page; static constexpr auto id = "letter.scanned"; };
struct scan {};
struct letter { int pages = 0; };

constexpr void evolve(letter& l, const scanned&) { ++l.pages; }
constexpr auto decide(const letter&, const scan&) -> gesta::emits<scanned> { return scanned{"Dear Ada"}; }

struct letters : gesta::aggregate<letter, gesta::commands<scan>> { static constexpr auto id = "letter"; };
struct office : gesta::model<letters, gesta::budget<256>> {};
