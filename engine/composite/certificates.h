#pragma once
// Integer identities, checked on every build. A residual of 0 proves that the arithmetic adds up: every
// square millimetre of every input ring is found again in exactly the faces it should be. It is an identity,
// not accuracy: how true the lines are is another question.
#include <marchland/base/int128.h>

#include <string>
#include <vector>

namespace marchland {

struct Certificate {
  std::string name;
  Int128 residual = 0;  ///< in square millimetres, or a count; 0 if the identity holds
  std::string states;   ///< what was compared, for people
};

using Certificates = std::vector<Certificate>;

}  // namespace marchland
