void first();
void second();

int main() {
  first();
  second();
}
