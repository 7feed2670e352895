#include <cairn/cairn.hpp>
#include <iostream>

int main() {
  cairn::Store store = cairn::Store::open("agent.db");
  store.add({.text = "The deploy key rotates every 90 days.", .doc_type = "note"});
  for (const cairn::Hit& hit : store.search("when does the key change?", {.limit = 5}))
    std::cout << hit.score << "  " << hit.text << '\n';
}
