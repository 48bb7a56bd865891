#pragma once
// Tables as Parquet files (apache/parquet-format 2.10): typed columns that may have nulls, in row groups with
// the least and the greatest value of each column, so that readers skip groups without what they look for.
//
// One data page of version 1 for each column of a group, PLAIN values, ZSTD. Texts that repeat are left to
// ZSTD: a dictionary saves little after it.
#include <marchland/io/write_features.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace marchland::detail {

struct ParquetColumn {
  enum class Type : std::uint8_t {
    text,     ///< STRING
    binary,   ///< bytes, given as std::string; without least and greatest
    integer,  ///< INT64
    real,     ///< DOUBLE
    instant,  ///< TIMESTAMP in UTC, microseconds
    boolean
  };
  /// The name; within a group the name of the group and its own. Columns of a group follow one another, and
  /// are null together.
  std::vector<std::string> path;
  Type type = Type::text;
  /// The value in a row, of that type or null.
  std::function<FieldValue(std::size_t row)> value;
};

/// `group_ends` are the numbers of rows before which row groups end, ascending, the last one that of all
/// rows; none for a table without rows. `notes` go into the footer as key and value. Throws Error(failure)
/// for a column of more than 2 GiB in one group, and for an instant that microseconds in 64 bits cannot tell.
[[nodiscard]] std::string parquet_bytes(const std::vector<ParquetColumn>& columns,
                                        const std::vector<std::size_t>& group_ends,
                                        const std::vector<std::pair<std::string, std::string>>& notes);

}  // namespace marchland::detail
