#pragma once
// Atlases that are large in one way only, to find what grows faster than its input. n is what is large.
#include <marchland/model/atlas.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace marchland::bench {

struct ScaleCase {
  std::string name;
  std::string what;
  std::size_t n;  ///< as measured; tests take less
  std::function<Atlas(std::size_t)> make;
};

[[nodiscard]] const std::vector<ScaleCase>& scale_cases();

}  // namespace marchland::bench
