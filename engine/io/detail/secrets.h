#pragma once
// Connections that name a password are shown without it.
#include <string>

namespace marchland::detail {

/// The name of a data set with *** for the values of "password=", "pwd=", "pw=", "token=" and what ends in
/// them ("sslpassword="), whatever their case, and for what stands between ':' and '@' of an address. Rather
/// too much is hidden than too little: of an address all up to the last '@' that can belong to it.
[[nodiscard]] std::string mask_secrets(std::string text);

}  // namespace marchland::detail
