#include <marchland/io/color.h>
#include <marchland/io/detail/actor_colors.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

namespace marchland::detail {
namespace {

// First five that a grey print and every kind of colour vision tell apart, each pair by 12 of CIE L* and 15
// of CIEDE2000 at least (tests/cli/test_colours.py has the sources); most atlases have no more. Then what is
// left of M. Okabe and K. Ito, Color Universal Design, 2008, which keeps hues apart but not lightness;
// without black, which is for lines.
constexpr std::array<std::string_view, 10> kPalette{"#0072b2", "#e69f00", "#991f1f", "#a1e6d4", "#1d1450",
                                                    "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442"};

using Lab = std::array<double, 3>;
using Linear = std::array<double, 3>;  ///< sRGB before it is coded, each 0 to 1

/// IEC 61966-2-1. Precondition: "#rrggbb".
Linear linear_of(const std::string& color) {
  const Rgb rgb = parse_color(color).value();
  const auto part = [](std::uint8_t value) {
    const double coded = value / 255.0;
    return coded <= 0.04045 ? coded / 12.92 : std::pow((coded + 0.055) / 1.055, 2.4);
  };
  return {part(rgb.red), part(rgb.green), part(rgb.blue)};
}

/// CIELAB (D65). CIE 15.
Lab lab_of(const Linear& linear) {
  const auto f = [](double t) {
    constexpr double kDelta = 6.0 / 29.0;
    return t > kDelta * kDelta * kDelta ? std::cbrt(t) : t / (3 * kDelta * kDelta) + 4.0 / 29.0;
  };
  const auto& [r, g, b] = linear;
  const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  return {116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)};
}

/// As people see it: with all cones, without those for long, middle or short waves. G. M. Machado, M. M.
/// Oliveira, L. A. F. Fernandes, IEEE TVCG 15 (2009), severity 1.0.
using Seen = std::array<Lab, 4>;

Seen seen(const std::string& color) {
  using Matrix = std::array<std::array<double, 3>, 3>;
  constexpr std::array<Matrix, 4> kVisions{
      Matrix{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
      Matrix{{{0.152286, 1.052583, -0.204868},
              {0.114503, 0.786281, 0.099216},
              {-0.003882, -0.048116, 1.051998}}},
      Matrix{
          {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
      Matrix{{{1.255528, -0.076749, -0.178779},
              {-0.078411, 0.930809, 0.147602},
              {0.004733, 0.691367, 0.303900}}}};
  const Linear linear = linear_of(color);
  Seen out{};
  for (std::size_t v = 0; v < out.size(); ++v) {
    Linear simulated{};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& row = kVisions[v][i];
      simulated[i] = std::clamp(row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2], 0.0, 1.0);
    }
    out[v] = lab_of(simulated);
  }
  return out;
}

/// CIEDE2000, as G. Sharma, W. Wu, E. N. Dalal, Color Res. Appl. 30 (2005) write it.
double ciede2000(const Lab& one, const Lab& other) {
  constexpr double kDegree = std::numbers::pi / 180.0;
  const double mean_chroma = (std::hypot(one[1], one[2]) + std::hypot(other[1], other[2])) / 2;
  const auto part = [](double chroma) {
    return std::sqrt(std::pow(chroma, 7) / (std::pow(chroma, 7) + std::pow(25.0, 7)));
  };
  const double stretch = 1.5 - 0.5 * part(mean_chroma);
  const double a1 = one[1] * stretch;
  const double a2 = other[1] * stretch;
  const double c1 = std::hypot(a1, one[2]);
  const double c2 = std::hypot(a2, other[2]);
  const auto hue = [&](double b, double a) {
    const double degrees = std::atan2(b, a) / kDegree;
    return degrees < 0 ? degrees + 360.0 : degrees;
  };
  const double h1 = hue(one[2], a1);
  const double h2 = hue(other[2], a2);
  double turn = c1 * c2 == 0.0 ? 0.0 : h2 - h1;
  if (std::abs(turn) > 180.0) turn -= std::copysign(360.0, turn);
  const double dh = 2 * std::sqrt(c1 * c2) * std::sin(kDegree * turn / 2);
  const double light = (one[0] + other[0]) / 2;
  const double chroma = (c1 + c2) / 2;
  double h = h1 + h2;
  if (c1 * c2 != 0.0) h = std::abs(h1 - h2) <= 180.0 ? h / 2 : h < 360.0 ? (h + 360.0) / 2 : (h - 360.0) / 2;
  const double t = 1 - 0.17 * std::cos(kDegree * (h - 30)) + 0.24 * std::cos(kDegree * 2 * h) +
                   0.32 * std::cos(kDegree * (3 * h + 6)) - 0.20 * std::cos(kDegree * (4 * h - 63));
  const double from_middle = (light - 50) * (light - 50);
  const double sl = 1 + 0.015 * from_middle / std::sqrt(20 + from_middle);
  const double sc = 1 + 0.045 * chroma;
  const double sh = 1 + 0.015 * chroma * t;
  const double bend = std::exp(-std::pow((h - 275) / 25, 2));
  const double rotation = -2 * part(chroma) * std::sin(kDegree * 60 * bend);
  const double l = (other[0] - one[0]) / sl;
  const double c = (c2 - c1) / sc;
  const double by_hue = dh / sh;
  return std::sqrt(l * l + c * c + by_hue * by_hue + rotation * c * by_hue);
}

/// Whether a grey print and every kind of colour vision tell them apart.
bool are_told_apart(const Seen& one, const Seen& other) {
  constexpr double kLightness = 12.0;
  constexpr double kDistance = 15.0;
  if (std::abs(one[0][0] - other[0][0]) < kLightness) return false;
  for (std::size_t v = 0; v < one.size(); ++v) {
    if (ciede2000(one[v], other[v]) < kDistance) return false;
  }
  return true;
}

/// sRGB of CIELAB (D65) given by lightness, chroma and hue in radians; nothing outside the gamut.
/// IEC 61966-2-1 and CIE 15.
bool to_srgb(double lightness, double chroma, double hue, std::array<int, 3>& rgb) {
  const auto inverse = [](double t) {
    constexpr double kDelta = 6.0 / 29.0;
    return t > kDelta ? t * t * t : 3 * kDelta * kDelta * (t - 4.0 / 29.0);
  };
  const double fy = (lightness + 16.0) / 116.0;
  const double x = 0.95047 * inverse(fy + chroma * std::cos(hue) / 500.0);
  const double y = inverse(fy);
  const double z = 1.08883 * inverse(fy - chroma * std::sin(hue) / 200.0);
  const std::array<double, 3> linear{3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
                                     -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
                                     0.0556434 * x - 0.2040259 * y + 1.0572252 * z};
  for (std::size_t i = 0; i < 3; ++i) {
    if (linear[i] < 0.0 || linear[i] > 1.0) return false;
    const double coded =
        linear[i] <= 0.0031308 ? 12.92 * linear[i] : 1.055 * std::pow(linear[i], 1 / 2.4) - 0.055;
    rgb[i] = static_cast<int>(std::lround(255.0 * coded));
  }
  return true;
}

std::string golden_color(std::size_t index) {
  // Neighbours in the list have different lightness too, the only thing that all colour vision shares.
  constexpr std::array<double, 3> kLightness{45.0, 75.0, 60.0};
  const double golden_angle = std::numbers::pi * (3.0 - std::sqrt(5.0));
  const double hue = golden_angle * static_cast<double>(index);
  std::array<int, 3> rgb{};
  double chroma = 60.0;
  while (!to_srgb(kLightness[index % kLightness.size()], chroma, hue, rgb)) chroma -= 2.0;
  return fmt::format("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2]);
}

std::string color_at(std::size_t index) {
  return index < kPalette.size() ? std::string(kPalette[index]) : golden_color(index);
}

/// A colour that may be given, and how near the nearest is that is taken.
struct Candidate {
  std::string color;
  Seen look{};
  bool is_taken = false;
  bool is_told_apart = true;                                  ///< from all that are taken
  double distance = std::numeric_limits<double>::infinity();  ///< in CIELAB
};

class Colors {
 public:
  explicit Colors(const std::vector<std::string>& declared) {
    grow(kMore);
    for (const std::string& color : declared) take(seen(color));
  }

  std::string next() {
    constexpr double kApart = 20.0;
    grow(given_ + kMore);
    Candidate* best = nullptr;
    const auto choose_first = [&](const auto& fits) {
      for (std::size_t i = 0; i < all_.size() && best == nullptr; ++i) {
        if (!all_[i].is_taken && fits(i)) best = &all_[i];
      }
    };
    choose_first([&](std::size_t i) { return i < kMore && all_[i].is_told_apart; });
    choose_first([&](std::size_t i) {
      return all_[i].distance >= kApart && (i < kPalette.size() || is_unlike_last(all_[i]));
    });
    if (best == nullptr) {
      for (Candidate& candidate : all_) {
        if (candidate.is_taken || !is_unlike_last(candidate)) continue;
        if (best == nullptr || candidate.distance > best->distance) best = &candidate;
      }
    }
    best->is_taken = true;
    ++given_;
    last_lightness_ = best->look[0][0];
    const std::string color = best->color;
    take(seen(color));
    return color;
  }

 private:
  /// Candidates that are looked at beyond those that are given: the palette, and 18 hues of each lightness.
  static constexpr std::size_t kMore = 64;

  void grow(std::size_t count) {
    while (all_.size() < count) {
      Candidate candidate{.color = color_at(all_.size())};
      candidate.look = seen(candidate.color);
      for (const Seen& look : taken_) compare(candidate, look);
      all_.push_back(std::move(candidate));
    }
  }
  /// Those of kLightness are 15 apart, less what rounding to 8 bits takes, so there is always one.
  [[nodiscard]] bool is_unlike_last(const Candidate& candidate) const {
    return std::abs(candidate.look[0][0] - last_lightness_) > 14.5;
  }
  static void compare(Candidate& candidate, const Seen& look) {
    const Lab& one = candidate.look[0];
    const Lab& other = look[0];
    candidate.distance =
        std::min(candidate.distance, std::hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]));
    candidate.is_told_apart = candidate.is_told_apart && are_told_apart(candidate.look, look);
  }
  void take(const Seen& look) {
    taken_.push_back(look);
    for (Candidate& candidate : all_) compare(candidate, look);
  }

  std::vector<Candidate> all_;
  std::vector<Seen> taken_;
  std::size_t given_ = 0;
  double last_lightness_ = -100.0;
};

}  // namespace

std::vector<std::string> colors(std::size_t count, const std::vector<std::string>& declared) {
  Colors all(declared);
  std::vector<std::string> out;
  out.reserve(count);
  while (out.size() < count) out.push_back(all.next());
  return out;
}

}  // namespace marchland::detail
