// [gesta E165] a buffer is Bounded to no value at all, so that nothing could ever be put into it; write  gesta::bounded<N>  with N above 0
// in buffer_without_room<false, gesta::bounded<0>>
#include <gesta/runtime/bounded_buffer.hpp>

int main() {
  gesta::bounded_buffer<int, gesta::bounded<0>> buffer;
  return buffer.put(1) == gesta::handed_in::kept ? 0 : 1;
}
