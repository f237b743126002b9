// A folder for one test: made where temporary files go, and gone with its content.
#pragma once

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

struct folder {
  std::string path = (std::filesystem::temp_directory_path() / "gesta-test-XXXXXX").string();

  folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path); }

  /// The path of a file in it.
  std::string operator/(const std::string& name) const { return path + '/' + name; }
};
