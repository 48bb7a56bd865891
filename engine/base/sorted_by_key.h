#pragma once
// Counting sort: for keys below a known number it beats every comparison.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace marchland {

/// The items in the order of `key_of`, whose values are below `keys`; stable. Those of key k are
/// [offsets[k], offsets[k + 1]).
template <class Item, class KeyOf>
[[nodiscard]] std::vector<Item> sorted_by_key(const std::vector<Item>& items, std::size_t keys, KeyOf key_of,
                                              std::vector<std::uint32_t>& offsets) {
  offsets.assign(keys + 1, 0);
  for (const Item& item : items) ++offsets[key_of(item) + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<std::uint32_t> fill(offsets.begin(), offsets.end() - 1);
  std::vector<Item> out(items.size());
  for (const Item& item : items) out[fill[key_of(item)]++] = item;
  return out;
}

}  // namespace marchland
