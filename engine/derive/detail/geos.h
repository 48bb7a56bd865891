#pragma once
// GEOS by handles that are given back, and errors that carry its message. For .cpp files of this room.
#include <marchland/base/error.h>

#include <fmt/format.h>
#include <geos_c.h>

#include <memory>
#include <string>

namespace marchland::detail {

/// One context of GEOS, which keeps its last message. Not for concurrent use.
class Geos {
 public:
  /// `what` begins messages: "GEOS cannot polygonize".
  explicit Geos(std::string what) : handle_(GEOS_init_r()), what_(std::move(what)) {
    GEOSContext_setErrorMessageHandler_r(
        handle_, [](const char* text, void* user) { static_cast<Geos*>(user)->message_ = text; }, this);
  }
  ~Geos() { GEOS_finish_r(handle_); }
  Geos(const Geos&) = delete;
  Geos& operator=(const Geos&) = delete;

  [[nodiscard]] GEOSContextHandle_t handle() const noexcept { return handle_; }
  /// The value, which GEOS gives as null where it failed. Throws Error(failure).
  template <class Value>
  Value* check(Value* value) const {
    if (value == nullptr) throw Error(ErrorCode::failure, fmt::format("{}: {}", what_, message_));
    return value;
  }

 private:
  GEOSContextHandle_t handle_;
  std::string what_;
  std::string message_ = "no reason given";
};

/// The context must outlive what was made in it.
struct DestroyGeometry {
  const Geos* geos;
  void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(geos->handle(), geometry); }
};
using GeosGeometry = std::unique_ptr<GEOSGeometry, DestroyGeometry>;

}  // namespace marchland::detail
