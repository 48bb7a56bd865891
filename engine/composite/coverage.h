#pragma once
// Step 5: what covers each face, when. Winding numbers are carried from the unbounded face, where all are
// zero, across the edges of a spanning tree of the dual graph; every other edge must agree with what it finds
// (closure).
//
// The state of a face is the sorted list of its winding events, group by group of labels; equal lists are
// stored once and have the same index, so a step across an edge is mostly one look-up of (list, change).
#include <marchland/base/error.h>
#include <marchland/composite/arrangement.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace marchland {

/// Lists would hold more items than were allowed for.
class ListsTooLong : public Error {
 public:
  ListsTooLong() : Error(ErrorCode::failure, "lists of what covers faces would be too long") {}
};

/// Stores equal lists once. Index 0 is the empty list.
template <class T>
class ListTable {
 public:
  /// Offsets have 32 bits.
  static constexpr std::uint64_t kMostItems = 0xffffffffU;
  ListTable() : buckets_(64, 0) {
    offsets_.assign(2, 0);
    hashes_.push_back(hash({}));
    buckets_[hashes_.front() & (buckets_.size() - 1)] = 1;
  }

  /// Of all lists together; kMostItems at most.
  void limit_items(std::uint64_t most) { most_items_ = std::min(most, kMostItems); }

  /// Throws ListsTooLong.
  std::uint32_t intern(std::span<const T> list) {
    if (buckets_.empty()) index_again();
    const std::size_t key = hash(list);
    const std::size_t mask = buckets_.size() - 1;
    std::size_t at = key & mask;
    for (; buckets_[at] != 0; at = (at + 1) & mask) {
      const std::uint32_t index = buckets_[at] - 1;
      if (hashes_[index] != key) continue;
      const auto known = (*this)[index];
      if (std::equal(known.begin(), known.end(), list.begin(), list.end())) return index;
    }
    if (items_.size() + list.size() > most_items_) throw ListsTooLong();
    const auto index = static_cast<std::uint32_t>(size());
    items_.insert(items_.end(), list.begin(), list.end());
    offsets_.push_back(static_cast<std::uint32_t>(items_.size()));
    hashes_.push_back(key);
    buckets_[at] = index + 1;
    if (size() * 2 > buckets_.size()) fill_buckets(buckets_.size() * 2);
    return index;
  }
  [[nodiscard]] std::span<const T> operator[](std::uint32_t index) const {
    return std::span(items_).subspan(offsets_[index], offsets_[index + 1] - offsets_[index]);
  }
  [[nodiscard]] std::size_t size() const noexcept { return offsets_.size() - 1; }
  /// Gives back what only `intern` needs; calling that again costs a pass over all lists.
  void shrink() {
    items_.shrink_to_fit();
    offsets_.shrink_to_fit();
    hashes_ = {};
    buckets_ = {};
  }
  /// Memory, what is reserved included.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return items_.capacity() * sizeof(T) + offsets_.capacity() * sizeof(offsets_[0]) +
           hashes_.capacity() * sizeof(hashes_[0]) + buckets_.capacity() * sizeof(buckets_[0]);
  }

 private:
  static std::size_t hash(std::span<const T> list);
  void index_again() {
    for (std::uint32_t index = 0; index < size(); ++index) hashes_.push_back(hash((*this)[index]));
    fill_buckets(std::bit_ceil(size() * 2));
  }
  void fill_buckets(std::size_t count) {
    buckets_.assign(count, 0);
    for (std::uint32_t index = 0; index < size(); ++index) {
      std::size_t at = hashes_[index] & (count - 1);
      while (buckets_[at] != 0) at = (at + 1) & (count - 1);
      buckets_[at] = index + 1;
    }
  }

  std::uint64_t most_items_ = kMostItems;
  std::vector<T> items_;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::size_t> hashes_;
  std::vector<std::uint32_t> buckets_;  ///< index + 1, or 0; open addressing, at most half in use
};

template <>
std::size_t ListTable<WindingEvent>::hash(std::span<const WindingEvent> list);

/// a + sign * b; all are sorted by label and time, without zeros.
void merge_events(std::span<const WindingEvent> a, std::span<const WindingEvent> b, std::int32_t sign,
                  std::vector<WindingEvent>& out);

/// Index into the list of one group's different coverages.
using CoverageIndex = std::uint32_t;

/// Winding numbers over time of every face. Labels are divided into groups of consecutive labels: those of
/// group g are group_begin[g] .. group_begin[g+1]-1.
class Windings {
 public:
  /// Throws ListsTooLong where the different lists of a group have more than `max_events`: what is nested or
  /// repeated n times over has lists of n.
  Windings(const Arrangement& plane, std::vector<LabelIndex> group_begin,
           std::uint64_t max_events = ListTable<WindingEvent>::kMostItems);

  [[nodiscard]] std::size_t group_count() const noexcept { return group_begin_.size() - 1; }
  [[nodiscard]] CoverageIndex coverage(FaceIndex face, std::size_t group) const {
    return faces_[face * group_count() + group];
  }
  /// The events of one coverage, sorted by label and time; the winding number at a time is the sum of changes
  /// up to it.
  [[nodiscard]] std::span<const WindingEvent> events(std::size_t group, CoverageIndex coverage) const {
    return lists_[group][coverage];
  }
  [[nodiscard]] std::size_t coverage_count(std::size_t group) const { return lists_[group].size(); }
  /// Edges across which two faces disagree with the edge's own events; 0, or something is broken.
  [[nodiscard]] std::size_t closure_residual() const noexcept { return closure_residual_; }

 private:
  std::vector<LabelIndex> group_begin_;
  std::vector<ListTable<WindingEvent>> lists_;
  std::vector<CoverageIndex> faces_;
  std::size_t closure_residual_ = 0;
};

}  // namespace marchland
