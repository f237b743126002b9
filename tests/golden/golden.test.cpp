// The promises of golden.hpp: a pinned form changes only when that was decided, and is read for ever.
#include "golden.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

struct noted {
  int pages;
  static constexpr auto id = gesta::event_id{"note.noted", 2};
};

int format = 1;  // the second one writes a letter before the number, and reads both

struct decimal {
  static constexpr const char* name = "decimal";
  static std::string form(const noted& n) {
    std::string out(format == 2 ? 1 : 0, 'p');
    return out += std::to_string(n.pages);
  }
  static bool read(const std::string& form, noted& n) {
    if (format == 3 && form[0] != 'p') return false;  // the third one reads no old form
    n.pages = std::stoi(form[0] == 'p' ? form.substr(1) : form);
    return true;
  }
};

struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "gesta_golden_test";
  folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
    format = 1;
  }
  ~folder() { std::filesystem::remove_all(path); }

  std::vector<std::string> run(golden::mode mode, const std::vector<int>& pages) const {
    golden::file file((path / "x.golden").string(), mode);
    for (const int n : pages) file.pin<decimal>(noted{n});
    return file.end("decimal");
  }
  std::string text() const {
    std::ifstream in(path / "x.golden");
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

}  // namespace

TEST_CASE("a form that is not pinned is refused until it is added") {
  const folder f;
  CHECK(f.run(golden::mode::compare, {7}).size() == 1);
  CHECK(f.text().empty());
  CHECK(f.run(golden::mode::add, {7}).empty());
  CHECK(f.run(golden::mode::compare, {7}).empty());
  CHECK(f.run(golden::mode::add, {7, 8}).empty());
  CHECK(f.text().ends_with("decimal note.noted 2 1 7\ndecimal note.noted 2 2 8\n"));
}

TEST_CASE("a form that changed is refused, and nothing is written") {
  const folder f;
  CHECK(f.run(golden::mode::add, {7}).empty());
  const std::string before = f.text();
  CHECK(f.run(golden::mode::compare, {9}).size() == 2);  // read as another message, and written otherwise
  format = 2;
  CHECK(f.run(golden::mode::compare, {7}).size() == 1);
  CHECK(f.run(golden::mode::add, {7, 8}).size() == 1);
  CHECK(f.text() == before);
}

TEST_CASE("a decided change keeps the old form, which is still read") {
  const folder f;
  CHECK(f.run(golden::mode::add, {7}).empty());
  format = 2;
  CHECK(f.run(golden::mode::replace, {7}).empty());
  CHECK(f.text().ends_with("old decimal note.noted 2 1 7\ndecimal note.noted 2 1 p7\n"));
  CHECK(f.run(golden::mode::compare, {7}).empty());
  format = 3;
  CHECK_FALSE(f.run(golden::mode::replace, {7}).empty());
}

TEST_CASE("a pinned form of a message that is gone is told") {
  const folder f;
  CHECK(f.run(golden::mode::add, {7, 8}).empty());
  CHECK(f.run(golden::mode::compare, {7}).size() == 1);
}
