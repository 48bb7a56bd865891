#pragma once
// A folder that a test fills with a manifest and tiny files, and reads as an atlas.
#include <marchland/base/error.h>
#include <marchland/io/read_atlas.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace marchland::test {

/// The text of the error that `act` throws, with its code in front; "no error" if it throws none.
template <class Act>
std::string error_of(Act act) {
  try {
    act();
  } catch (const Error& error) {
    switch (error.code()) {
      case ErrorCode::failure:
        return std::string("failure: ") + error.what();
      case ErrorCode::invalid_argument:
        return std::string("invalid argument: ") + error.what();
      case ErrorCode::invalid_data:
        return std::string("invalid data: ") + error.what();
    }
  }
  return "no error";
}

class IoTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(info->test_suite_name()) + "-" + info->name();
    for (char& c : name) c = c == '/' ? '-' : c;
    folder_ = std::filesystem::temp_directory_path() / ("marchland-" + std::to_string(getpid()) + "-" + name);
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& content) const {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// What a file of the folder holds.
  [[nodiscard]] std::string bytes(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  /// Names of what is in the folder, sorted.
  [[nodiscard]] std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  /// Actors a and b, source s, and the given layers.
  void write_manifest(const std::string& layers, const std::string& atlas_keys = "") const {
    write("atlas.toml", "[atlas]\nid = \"test\"\n" + atlas_keys +
                            "\n[[actor]]\nid = \"a\"\n[[actor]]\nid = \"b\"\n[[source]]\nid = \"s\"\n" +
                            layers);
  }
  [[nodiscard]] Atlas read() const { return read_atlas(folder_); }
  [[nodiscard]] std::string read_error() const {
    return error_of([&] { static_cast<void>(read()); });
  }

  std::filesystem::path folder_;
};

/// A square of side 1 degree with its south-west corner there, as GeoJSON coordinates of a polygon.
inline std::string square(int lon, int lat) {
  const auto at = [&](int dx, int dy) {
    return "[" + std::to_string(lon + dx) + "," + std::to_string(lat + dy) + "]";
  };
  return "[[" + at(0, 0) + "," + at(1, 0) + "," + at(1, 1) + "," + at(0, 1) + "," + at(0, 0) + "]]";
}

inline std::string polygon(const std::string& coordinates) {
  return R"({"type":"Polygon","coordinates":)" + coordinates + "}";
}

inline std::string feature(const std::string& properties, const std::string& geometry) {
  return R"({"type":"Feature","properties":)" + properties + R"(,"geometry":)" + geometry + "}";
}

inline std::string collection(const std::vector<std::string>& features, const std::string& members = "") {
  std::string text = R"({"type":"FeatureCollection",)" + members + R"("features":[)";
  for (std::size_t i = 0; i < features.size(); ++i) text += (i == 0 ? "" : ",") + features[i];
  return text + "]}";
}

inline MultiPolygon square_area(int lon, int lat) {
  const double x = lon;
  const double y = lat;
  return {{{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}}};
}

}  // namespace marchland::test
