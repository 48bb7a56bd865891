#include <marchland/analysis/dwell.h>
#include <marchland/base/error.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

namespace marchland {
namespace {

constexpr std::uint32_t kNowhere = 0xffffffffU;

/// Orders holders by id, unknown last.
std::vector<std::uint32_t> ranks_of(const Holders& holders) {
  std::vector<std::pair<bool, std::string>> keys;
  for (HolderIndex h = 0; h < holders.size(); ++h) keys.emplace_back(h == kUnknown, holders.id(h));
  std::vector<HolderIndex> order(keys.size());
  std::iota(order.begin(), order.end(), HolderIndex{0});
  std::sort(order.begin(), order.end(), [&](HolderIndex a, HolderIndex b) { return keys[a] < keys[b]; });
  std::vector<std::uint32_t> ranks(keys.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) ranks[order[i]] = i;
  return ranks;
}

/// What accounts are ordered by, and equal by.
using Key = std::tuple<std::uint32_t, std::uint32_t, std::size_t, std::optional<Instant>,
                       std::vector<std::pair<std::uint32_t, std::chrono::seconds>>>;
Key key_of(const DwellAccount& account, const std::vector<std::uint32_t>& ranks) {
  Key key{ranks[account.first], ranks[account.last], account.changes, account.last_change, {}};
  for (const HeldTime& held : account.held) std::get<4>(key).emplace_back(ranks[held.holder], held.time);
  return key;
}

DwellAccount account_of(const Composite& composite, const Holders& holders, CoverageIndex coverage,
                        const Interval& when, const std::vector<std::uint32_t>& ranks) {
  const TimeAxis& times = composite.times();
  const Interval& window = composite.atlas().window.when;
  const auto spans = holders.timeline(coverage);
  DwellAccount out;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const TimeIndex end = i + 1 < spans.size() ? spans[i + 1].since : times.for_ever();
    const Interval span(times[spans[i].since], times[end]);
    if (span.from() > when.to() || span.from() >= window.to() || span.to() <= when.from()) continue;
    const Interval part = span.intersection(when);
    const HolderIndex holder = spans[i].holder;
    if (!part.is_empty()) {
      const auto known = std::find_if(out.held.begin(), out.held.end(),
                                      [&](const HeldTime& held) { return held.holder == holder; });
      if (known == out.held.end()) {
        out.held.push_back({holder, part.to() - part.from()});
      } else {
        known->time += part.to() - part.from();
      }
    }
    if (holder == kUnknown || holder == out.last) continue;
    if (out.last == kUnknown) {
      out.first = holder;
    } else {
      ++out.changes;
      out.last_change = span.from();
    }
    out.last = holder;
  }
  std::sort(out.held.begin(), out.held.end(),
            [&](const HeldTime& a, const HeldTime& b) { return ranks[a.holder] < ranks[b.holder]; });
  return out;
}

}  // namespace

std::chrono::seconds DwellAccount::time_of(HolderIndex holder) const {
  const auto found =
      std::find_if(held.begin(), held.end(), [&](const HeldTime& h) { return h.holder == holder; });
  return found == held.end() ? std::chrono::seconds{0} : found->time;
}

DwellAccount dwell_of(const Composite& composite, const Holders& holders, CoverageIndex coverage,
                      const Interval& when) {
  return account_of(composite, holders, coverage, when, ranks_of(holders));
}

DwellTable::DwellTable(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                       const Interval& when, const Scope& scope)
    : holders_(&holders), when_(when) {
  if (!when.has_from() || !when.has_to() || when.is_empty())
    throw InvalidArgument("time under a holder is counted between two instants, the first before the second");
  const LabelGroup group = holders.group();
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  std::vector<AreaUnits> by_coverage(composite.coverage_count(group), 0);
  std::vector<bool> occurs(by_coverage.size(), false);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!inside[f]) continue;
    by_coverage[composite.coverage(f, group)] += measured[f];
    occurs[composite.coverage(f, group)] = true;
  }
  // As everywhere, ground of which nothing is ever said has an area only where the scope has an edge.
  if (!is_bounded(composite, scope)) occurs[0] = false;
  of_coverage_.assign(by_coverage.size(), kNowhere);
  const std::vector<std::uint32_t> ranks = ranks_of(holders);
  struct Ground {
    DwellAccount account;
    AreaUnits area = 0;
    std::vector<CoverageIndex> coverages;
  };
  std::map<Key, Ground> known;
  for (CoverageIndex c = 0; c < by_coverage.size(); ++c) {
    if (!occurs[c]) continue;
    DwellAccount account = account_of(composite, holders, c, when, ranks);
    Ground& ground = known[key_of(account, ranks)];
    ground.account = std::move(account);
    ground.area += by_coverage[c];
    ground.coverages.push_back(c);
    total_ += by_coverage[c];
  }
  for (auto& [key, ground] : known) {
    for (const CoverageIndex c : ground.coverages)
      of_coverage_[c] = static_cast<std::uint32_t>(accounts_.size());
    accounts_.push_back(std::move(ground.account));
    areas_.push_back(ground.area);
  }
}

std::optional<std::size_t> DwellTable::find(CoverageIndex coverage) const {
  if (of_coverage_[coverage] == kNowhere) return std::nullopt;
  return of_coverage_[coverage];
}

std::vector<DwellRow> DwellTable::rows() const {
  // Area by how long, of each holder.
  std::vector<std::map<std::chrono::seconds, AreaUnits>> by_time(holders_->size());
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    for (const HeldTime& held : accounts_[i].held) by_time[held.holder][held.time] += areas_[i];
  }
  std::vector<DwellRow> out;
  for (HolderIndex h = 0; h < by_time.size(); ++h) {
    if (by_time[h].empty()) continue;
    DwellRow row;
    row.holder = h;
    for (const auto& [time, area] : by_time[h]) {
      row.ever_held += area;
      row.area_time += area * static_cast<AreaSeconds>(time.count());
    }
    row.quantiles.front() = by_time[h].begin()->first;
    row.quantiles.back() = by_time[h].rbegin()->first;
    for (int quarter = 1; quarter < 4; ++quarter) {
      AreaUnits below = 0;
      for (const auto& [time, area] : by_time[h]) {
        below += area;
        row.quantiles[static_cast<std::size_t>(quarter)] = time;
        if (4 * below >= quarter * row.ever_held) break;
      }
    }
    out.push_back(row);
  }
  std::sort(out.begin(), out.end(), [&](const DwellRow& a, const DwellRow& b) {
    return std::pair(a.holder == kUnknown, holders_->id(a.holder)) <
           std::pair(b.holder == kUnknown, holders_->id(b.holder));
  });
  return out;
}

}  // namespace marchland
