#include <marchland/io/detail/area_store.h>

#include <tsl/robin_map.h>

#include <bit>
#include <cstdint>

namespace marchland::detail {
namespace {

/// Equal bits, so that what is read again is what was written: -0 too.
struct PositionHash {
  std::size_t operator()(const Position& p) const noexcept {
    const std::uint64_t h = std::bit_cast<std::uint64_t>(p.lon) * 0x9e3779b97f4a7c15U ^
                            std::bit_cast<std::uint64_t>(p.lat) * 0xd6e8feb86659fd93U;
    return static_cast<std::size_t>(h ^ (h >> 32U));
  }
};
struct SameBits {
  bool operator()(const Position& a, const Position& b) const noexcept {
    return std::bit_cast<std::uint64_t>(a.lon) == std::bit_cast<std::uint64_t>(b.lon) &&
           std::bit_cast<std::uint64_t>(a.lat) == std::bit_cast<std::uint64_t>(b.lat);
  }
};

}  // namespace

void put_areas(const ArrayTable& arrays, const std::vector<const SharedArea*>& areas) {
  std::vector<Position> positions;
  tsl::robin_map<Position, std::uint32_t, PositionHash, SameBits> number;
  std::vector<std::uint32_t> ring_position;
  std::vector<std::uint32_t> ring_size;
  std::vector<std::uint32_t> polygon_ring_count;
  std::vector<std::uint32_t> area_polygon_count;
  // It is the largest by far: exactly what it needs, not what doubling would leave.
  std::size_t occurrences = 0;
  for (const SharedArea* area : areas) {
    for (const SharedPolygon& polygon : *area) {
      for (const SharedRing& ring : polygon) occurrences += ring.size();
    }
  }
  ring_position.reserve(occurrences);
  std::uint32_t guess = 0;
  for (const SharedArea* area : areas) {
    area_polygon_count.push_back(static_cast<std::uint32_t>(area->size()));
    for (const SharedPolygon& polygon : *area) {
      polygon_ring_count.push_back(static_cast<std::uint32_t>(polygon.size()));
      for (const SharedRing& ring : polygon) {
        ring_size.push_back(static_cast<std::uint32_t>(ring.size()));
        for (const auto& stretch : ring.stretches()) {
          for (const Position& p : *stretch) {
            // Mostly the ring goes on as one before it did.
            if (guess >= positions.size() || !SameBits()(positions[guess], p)) {
              const auto [found, is_new] =
                  number.try_emplace(p, static_cast<std::uint32_t>(positions.size()));
              if (is_new) positions.push_back(p);
              guess = found->second;
            }
            ring_position.push_back(guess++);
          }
        }
      }
    }
  }
  arrays.put("position", positions);
  arrays.put("ring_position", ring_position);
  arrays.put("ring_size", ring_size);
  arrays.put("polygon_ring_count", polygon_ring_count);
  arrays.put("area_polygon_count", area_polygon_count);
}

std::vector<SharedArea> get_areas(const ArrayTable& arrays) {
  const auto positions = arrays.get<Position>("position");
  const auto ring_position = arrays.get<std::uint32_t>("ring_position");
  const auto ring_size = arrays.get<std::uint32_t>("ring_size");
  const auto polygon_ring_count = arrays.get<std::uint32_t>("polygon_ring_count");
  const auto area_polygon_count = arrays.get<std::uint32_t>("area_polygon_count");
  std::size_t next_position = 0;
  std::size_t next_ring = 0;
  std::size_t next_polygon = 0;
  const auto take = [&](const char* name, std::size_t& next, std::size_t count, std::size_t size) {
    if (count > size - next) arrays.damaged(name, "is shorter than what refers to it");
    next += count;
    return next - count;
  };
  std::vector<SharedArea> areas;
  areas.reserve(area_polygon_count.size());
  SharedRings shared;
  Ring ring;
  for (const std::uint32_t polygon_count : area_polygon_count) {
    const std::size_t first_polygon =
        take("polygon_ring_count", next_polygon, polygon_count, polygon_ring_count.size());
    std::vector<SharedPolygon> polygons(polygon_count);
    for (std::size_t p = 0; p < polygons.size(); ++p) {
      const std::size_t rings = polygon_ring_count[first_polygon + p];
      const std::size_t first_ring = take("ring_size", next_ring, rings, ring_size.size());
      polygons[p].reserve(rings);
      for (std::size_t r = 0; r < rings; ++r) {
        const std::size_t size = ring_size[first_ring + r];
        const std::size_t first = take("ring_position", next_position, size, ring_position.size());
        ring.clear();
        for (std::size_t i = first; i < first + size; ++i) {
          if (ring_position[i] >= positions.size())
            arrays.damaged("ring_position", "names a missing position");
          ring.push_back(positions[ring_position[i]]);
        }
        polygons[p].push_back(shared.share(ring));
      }
    }
    areas.emplace_back(std::move(polygons));
  }
  return areas;
}

}  // namespace marchland::detail
