#include <gesta/runtime/bounded_buffer.hpp>

int main() {
  gesta::bounded_buffer<int, gesta::bounded<1>> buffer;
  return buffer.put(1) == gesta::handed_in::kept ? 0 : 1;
}
