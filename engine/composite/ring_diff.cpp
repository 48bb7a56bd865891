#include <marchland/composite/position_samples.h>
#include <marchland/composite/ring_diff.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <utility>

namespace marchland {
namespace {

// Without padding and with -0 told from 0 (which then only costs a little work), bytes compare as values.
static_assert(sizeof(Position) == 2 * sizeof(double));

/// Number of equal positions at the beginning of both.
std::size_t common_prefix(std::span<const Position> a, std::span<const Position> b) {
  constexpr std::size_t kBlock = 64;
  const std::size_t size = std::min(a.size(), b.size());
  std::size_t i = 0;
  while (i + kBlock <= size && std::memcmp(a.data() + i, b.data() + i, kBlock * sizeof(Position)) == 0)
    i += kBlock;
  while (i < size && a[i] == b[i]) ++i;
  return i;
}

std::uint64_t key_of(const Position& p) {
  return std::bit_cast<std::uint64_t>(p.lon) * 0x9e3779b97f4a7c15U +
         std::bit_cast<std::uint64_t>(p.lat) * 0xd6e8feb86659fd93U;
}

/// Finds positions of a ring again.
class PositionIndex {
 public:
  explicit PositionIndex(std::span<const Position> positions) : positions_(positions) {
    entries_.reserve(positions.size());
    for (std::uint32_t i = 0; i < positions.size(); ++i) entries_.push_back({key_of(positions[i]), i});
    std::sort(entries_.begin(), entries_.end());
  }
  /// The first place at or after `from` that has p; the number of positions if there is none.
  [[nodiscard]] std::size_t find(const Position& p, std::size_t from) const {
    const Entry wanted{key_of(p), static_cast<std::uint32_t>(from)};
    for (auto it = std::lower_bound(entries_.begin(), entries_.end(), wanted);
         it != entries_.end() && it->key == wanted.key; ++it) {
      if (positions_[it->place] == p) return it->place;
    }
    return positions_.size();
  }

 private:
  struct Entry {
    std::uint64_t key;
    std::uint32_t place;
    auto operator<=>(const Entry&) const = default;
  };
  std::span<const Position> positions_;
  std::vector<Entry> entries_;
};

/// The first place of the earlier line that has one of some positions of the later, and the place there.
std::optional<std::pair<std::size_t, std::size_t>> first_at_sample(std::span<const Position> before,
                                                                   std::span<const Position> after) {
  constexpr std::size_t kSamples = 32;
  PositionSamples samples;
  samples.add(after, kSamples, 0);
  samples.prepare();
  for (std::size_t i = 0; i < before.size(); ++i) {
    std::optional<std::size_t> place;
    samples.for_each_at(before[i], [&](std::uint32_t, std::uint32_t found) {
      if (!place) place = found;  // they come in order
    });
    if (place) return std::pair(i, *place);
  }
  return std::nullopt;
}

/// Walks two lines side by side. Segment numbers are shifted and wrapped to those of the rings they are of.
class Walk {
 public:
  Walk(std::span<const Position> before, std::span<const Position> after) : before_(before), after_(after) {}

  template <class Close, class Open>
  void run(Close close, Open open) {
    const std::size_t last_before = before_.size() - 1;
    const std::size_t last_after = after_.size() - 1;
    std::size_t i = 0;
    std::size_t j = 0;
    while (true) {
      if (before_[i] == after_[j]) {
        const std::size_t same = common_prefix(before_.subspan(i + 1), after_.subspan(j + 1));
        i += same;
        j += same;
      }
      if (i == last_before || j == last_after) break;
      const auto [a, b] = meet_again(i, j);
      if (a == i && b == j) break;
      if (a > i) close(i, a);
      if (b > j) open(j, b);
      i = a;
      j = b;
    }
    if (i < last_before) close(i, last_before);
    if (j < last_after) open(j, last_after);
  }

 private:
  /// The nearest later places with the same position; (i, j) if there are none.
  std::pair<std::size_t, std::size_t> meet_again(std::size_t i, std::size_t j) {
    // Small changes first: all pairs of steps that add up to few.
    constexpr std::size_t kSteps = 48;
    for (std::size_t steps = 2; steps <= kSteps; ++steps) {
      for (std::size_t a = 1; a < steps; ++a) {
        if (i + a < before_.size() && j + steps - a < after_.size() &&
            before_[i + a] == after_[j + steps - a])
          return {i + a, j + steps - a};
      }
    }
    if (const auto places = meet_at_sample(i, j); places.first != i) return places;
    if (!index_) index_.emplace(before_);
    for (std::size_t b = j + 1; b < after_.size(); ++b) {
      const std::size_t a = index_->find(after_[b], i + 1);
      if (a < before_.size()) return {a, b};
    }
    return {i, j};
  }

  /// At a sample of what is left, and back from there as far as both agree.
  [[nodiscard]] std::pair<std::size_t, std::size_t> meet_at_sample(std::size_t i, std::size_t j) const {
    const auto places = first_at_sample(before_.subspan(i + 1), after_.subspan(j + 1));
    if (!places) return {i, j};
    std::size_t a = i + 1 + places->first;
    std::size_t b = j + 1 + places->second;
    while (a > i + 1 && b > j + 1 && before_[a - 1] == after_[b - 1]) --a, --b;
    return {a, b};
  }

  std::span<const Position> before_, after_;
  std::optional<PositionIndex> index_;
};

/// Places of a position that both rings have; their last ones, which repeat the first, left out.
std::optional<std::pair<std::size_t, std::size_t>> shared_position(std::span<const Position> before,
                                                                   std::span<const Position> after) {
  const auto old = before.first(before.size() - 1);
  const auto fresh = after.first(after.size() - 1);
  if (const auto places = first_at_sample(old, fresh)) return places;
  const PositionIndex index(old);
  for (std::size_t j = 0; j < fresh.size(); ++j) {
    const std::size_t i = index.find(fresh[j], 0);
    if (i < old.size()) return std::pair(i, j);
  }
  return std::nullopt;
}

SegmentRange range(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

void diff_positions(std::span<const Position> before, std::span<const Position> after, RingDiff& out) {
  out.closed.clear();
  out.opened.clear();
  const auto close = [&](std::size_t begin, std::size_t end) { out.closed.push_back(range(begin, end)); };
  const auto open = [&](std::size_t begin, std::size_t end) { out.opened.push_back(range(begin, end)); };
  if (before.front() == after.front()) {
    Walk(before, after).run(close, open);
    return;
  }
  // Rings that begin elsewhere: turn both to a position they share.
  const auto shared = shared_position(before, after);
  if (!shared) {
    close(0, before.size() - 1);
    open(0, after.size() - 1);
    return;
  }
  const auto [i, j] = *shared;
  const auto turned = [](std::span<const Position> ring, std::size_t by) {
    Ring copy(ring.begin() + static_cast<std::ptrdiff_t>(by), ring.end() - 1);
    copy.insert(copy.end(), ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(by) + 1);
    return copy;
  };
  // A range of the turned ring is one or two of the ring itself.
  const auto unturned = [](std::size_t begin, std::size_t end, std::size_t by, std::size_t size, auto use) {
    if (begin + by >= size) return use(begin + by - size, end + by - size);
    use(begin + by, std::min(end + by, size));
    if (end + by > size) use(0, end + by - size);
  };
  const Ring from = turned(before, i);
  const Ring to = turned(after, j);
  Walk(from, to).run(
      [&](std::size_t begin, std::size_t end) { unturned(begin, end, i, before.size() - 1, close); },
      [&](std::size_t begin, std::size_t end) { unturned(begin, end, j, after.size() - 1, open); });
}

/// Walks two lists of stretches side by side: the same as Walk, of larger steps.
class StretchWalk {
 public:
  using Stretches = std::span<const SharedRing::Stretch>;
  StretchWalk(Stretches before, Stretches after) : before_(before), after_(after) {}

  /// Calls differ(i, a, j, b) where stretches [i, a) stand for [j, b): one of both may be empty.
  template <class Differ>
  void run(Differ differ) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < before_.size() || j < after_.size()) {
      if (i < before_.size() && j < after_.size() && before_[i] == after_[j]) {
        ++i, ++j;
        continue;
      }
      const auto [a, b] = meet_again(i, j);
      differ(i, a, j, b);
      i = a;
      j = b;
    }
  }

 private:
  /// The nearest later places with the same stretch; the ends of both if there are none.
  std::pair<std::size_t, std::size_t> meet_again(std::size_t i, std::size_t j) {
    if (i == before_.size() || j == after_.size()) return {before_.size(), after_.size()};
    constexpr std::size_t kSteps = 16;
    const std::size_t most_a = before_.size() - 1 - i;
    const std::size_t most_b = after_.size() - 1 - j;
    for (std::size_t steps = 1; steps <= std::min(kSteps, most_a + most_b); ++steps) {
      for (std::size_t a = steps > most_b ? steps - most_b : 0; a <= std::min(steps, most_a); ++a) {
        if (before_[i + a] == after_[j + steps - a]) return {i + a, j + steps - a};
      }
    }
    if (most_a + most_b <= kSteps) return {before_.size(), after_.size()};
    if (places_.empty()) {
      for (std::uint32_t k = 0; k < before_.size(); ++k) places_.emplace_back(before_[k].get(), k);
      std::sort(places_.begin(), places_.end(), is_before);
    }
    for (std::size_t b = j; b < after_.size(); ++b) {
      const Place wanted(after_[b].get(), static_cast<std::uint32_t>(i));
      const auto found = std::lower_bound(places_.begin(), places_.end(), wanted, is_before);
      if (found != places_.end() && found->first == wanted.first) return {found->second, b};
    }
    return {before_.size(), after_.size()};
  }

  using Place = std::pair<const void*, std::uint32_t>;
  static bool is_before(const Place& a, const Place& b) {
    return a.first != b.first ? std::less<>()(a.first, b.first) : a.second < b.second;
  }

  Stretches before_, after_;
  std::vector<Place> places_;  ///< of stretches before, by address
};

}  // namespace

void diff_rings(const Ring& before, const Ring& after, RingDiff& out) {
  diff_positions(before, after, out);
}

void diff_rings(const SharedRing& before, const SharedRing& after, RingDiff& out) {
  out.closed.clear();
  out.opened.clear();
  if (before.is_same(after)) return;
  Ring old_buffer;
  Ring buffer;
  // Of rings that begin elsewhere one is turned, so all positions are needed.
  if (before.front() != after.front())
    return diff_positions(before.view(old_buffer), after.view(buffer), out);
  StretchWalk(before.stretches(), after.stretches())
      .run([&](std::size_t i, std::size_t a, std::size_t j, std::size_t b) {
        // With the positions on either side, which both have: there what differs begins and ends.
        const auto part = [](const SharedRing& ring, std::size_t first, std::size_t last) {
          const std::size_t begin = ring.begin_of(first);
          return std::pair(begin == 0 ? begin : begin - 1, std::min(ring.begin_of(last) + 1, ring.size()));
        };
        const auto [old_begin, old_end] = part(before, i, a);
        const auto [begin, end] = part(after, j, b);
        Walk(before.view(old_begin, old_end, old_buffer), after.view(begin, end, buffer))
            .run([&, at = old_begin](std::size_t p,
                                     std::size_t q) { out.closed.push_back(range(at + p, at + q)); },
                 [&, at = begin](std::size_t p, std::size_t q) {
                   out.opened.push_back(range(at + p, at + q));
                 });
      });
}

}  // namespace marchland
