// Payloads in a folder: ends with 0 when one comes back.
#include <gesta/store/folder_blobs.hpp>

#include <string>

int main() {
  gesta::folder_blobs blobs("blobs");
  const std::string name(64, 'a');  // the hash of its bytes, in a folder of a user
  std::string back;
  return blobs.put(name, "a large one", {1}) && blobs.get(name, back) == gesta::blob_found::there && back == "a large one" ? 0 : 1;
}
