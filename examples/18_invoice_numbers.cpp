// Invoice numbers without gaps: the next number is one more than the last of all invoices of the year, and a cancelled one keeps its own.
#include <gesta/gesta.hpp>

#include <cstdio>

struct invoice_issued {
  int year; unsigned number; int customer; int cents;
  static constexpr auto id = "invoice.issued";
  using tags = gesta::tags<"year", "number">;
};
struct invoice_cancelled { int year; unsigned number; static constexpr auto id = "invoice.cancelled"; using tags = gesta::tags<"year", "number">; };
struct year_closed       { int year; static constexpr auto id = "year.closed"; using tags = gesta::tags<"year">; };
struct issue      { int year; int customer; int cents; };
struct cancel     { int year; unsigned number; };
struct close_year { int year; };
struct year_is_closed {};
struct unknown_invoice {};

// One for each year; one for each invoice.
struct book    { unsigned last = 0; bool closed = false;           using tags = gesta::tags<"year">; };
struct invoice { int cents = 0; bool issued = false, valid = false; using tags = gesta::tags<"year", "number">; };

constexpr void evolve(book& b, const invoice_issued& e) { b.last = e.number; }
constexpr void evolve(book& b, const year_closed&)      { b.closed = true; }
constexpr void evolve(invoice& i, const invoice_issued& e)  { i = {e.cents, true, true}; }
constexpr void evolve(invoice& i, const invoice_cancelled&) { i.valid = false; }

// `book` does not evolve by cancellations, so those are no part of what `issue` asks: the two never stand in each other's way.
constexpr auto decide(const book& b, const issue& c) -> gesta::emits<invoice_issued>::or_rejects<year_is_closed> {
  if (b.closed) return year_is_closed{};
  return invoice_issued{c.year, b.last + 1, c.customer, c.cents};
}
constexpr auto decide(const invoice& i, const cancel& c) -> gesta::emits<invoice_cancelled>::or_nothing::or_rejects<unknown_invoice> {
  if (!i.issued) return unknown_invoice{};
  if (!i.valid) return gesta::no_change;
  return invoice_cancelled{c.year, c.number};
}
constexpr auto decide(const book& b, const close_year& c) -> gesta::emits<year_closed>::or_nothing {
  if (b.closed) return gesta::no_change;
  return year_closed{c.year};
}

struct invoices : gesta::boundary<gesta::states<book, invoice>, gesta::commands<issue, cancel, close_year>> {
  static constexpr auto id = "invoices";
};
struct office : gesta::model<invoices> {};

static_assert(gesta::given<invoices>(invoice_issued{2025, 1, 7, 100}, invoice_issued{2026, 1, 7, 100})
                  .when(issue{2025, 8, 5}).then(invoice_issued{2025, 2, 8, 5}));
static_assert(gesta::given<invoices>(invoice_issued{2025, 1, 7, 100}, year_closed{2025}).when(issue{2025, 8, 5}).rejects(year_is_closed{}));

int main() {
  auto app = gesta::start<office>(gesta::memory_store{});
  const auto bill = [&](int year, int customer, int cents) {
    app.handle(issue{year, customer, cents})
        .match([&](const book& b) { std::printf("customer %d: invoice %d-%u\n", customer, year, b.last); },
               [&](const year_is_closed&) { std::printf("customer %d: %d is closed\n", customer, year); });
  };
  bill(2025, 7, 1000);
  bill(2025, 8, 2000);
  app.handle(cancel{2025, 2}).match([](const invoice& i) { std::printf("cancelled: %d cents\n", i.cents); }, [](const unknown_invoice&) {});
  bill(2025, 9, 4000);
  bill(2026, 7, 8000);
  app.handle(close_year{2025});
  bill(2025, 8, 1);
  const auto told = app.read(gesta::tagged<"year", "number">(2025, 2), {}, [](const auto&, const gesta::about& a) {
    std::printf("2025-2 at position %d\n", static_cast<int>(a.position));
  });
  return told ? 0 : 1;
}
