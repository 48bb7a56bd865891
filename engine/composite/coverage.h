#pragma once
// Step 5: what covers each face, when. Winding numbers are carried from the unbounded face, where all are
// zero, across the edges of a spanning tree of the dual graph; every other edge must agree with what it finds
// (closure).
//
// The state of a face is the sorted list of its winding events, group by group of labels; equal lists are
// stored once and have the same index, so a step across an edge is mostly one look-up of (list, change).
#include <marchland/composite/arrangement.h>

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace marchland {

/// Stores equal lists once. Index 0 is the empty list.
template <class T>
class ListTable {
 public:
  ListTable() { offsets_.assign(2, 0), by_hash_.emplace(hash({}), 0); }

  std::uint32_t intern(std::span<const T> list) {
    const std::size_t key = hash(list);
    const auto [first, last] = by_hash_.equal_range(key);
    for (auto it = first; it != last; ++it) {
      const auto known = (*this)[it->second];
      if (std::equal(known.begin(), known.end(), list.begin(), list.end())) return it->second;
    }
    const auto index = static_cast<std::uint32_t>(size());
    items_.insert(items_.end(), list.begin(), list.end());
    offsets_.push_back(items_.size());
    by_hash_.emplace(key, index);
    return index;
  }
  [[nodiscard]] std::span<const T> operator[](std::uint32_t index) const {
    return std::span(items_).subspan(offsets_[index], offsets_[index + 1] - offsets_[index]);
  }
  [[nodiscard]] std::size_t size() const noexcept { return offsets_.size() - 1; }

 private:
  static std::size_t hash(std::span<const T> list);

  std::vector<T> items_;
  std::vector<std::size_t> offsets_;
  std::unordered_multimap<std::size_t, std::uint32_t> by_hash_;
};

/// Index into the list of one group's different coverages.
using CoverageIndex = std::uint32_t;

/// Winding numbers over time of every face. Labels are divided into groups of consecutive labels: those of
/// group g are group_begin[g] .. group_begin[g+1]-1.
class Windings {
 public:
  Windings(const Arrangement& plane, std::vector<LabelIndex> group_begin);

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
