#pragma once
// Which columns of a table of places name a place, and say where it lies.
#include <marchland/io/detail/column_roles.h>

#include <optional>
#include <string>
#include <vector>

namespace marchland::detail {

struct PlaceColumns {
  std::string key;       ///< names the place; empty: none does
  std::string lon, lat;  ///< both or neither
  std::string problem;   ///< why columns of longitude and latitude cannot be used; empty: nothing wrong
};

/// By the names of columns, case and punctuation aside; coordinates only where every value that is there is a
/// number of degrees as a manifest reads it.
[[nodiscard]] PlaceColumns find_place_columns(const std::vector<Column>& columns);

/// A number of degrees as a manifest reads it; nothing where it is missing or no number.
[[nodiscard]] std::optional<double> degrees(const std::optional<std::string>& text);

}  // namespace marchland::detail
