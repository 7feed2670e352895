// The centroids of lists at a glance: about how far each is from a query, from a byte per dimension. The
// vectors themselves would be read out of memory for every query, four times as many bytes.
//
//   CentroidCodes codes(384);
//   for (const float* centroid : centroids) codes.add(centroid);
//   codes.distances(query, squares, errors);   // codes.count() of them
//
// Thread-safe once all are added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::vector {

class CentroidCodes {
 public:
  explicit CentroidCodes(std::size_t dims) : dims_(dims) {}

  // One that is not finite is infinitely far from every query.
  void add(const float* centroid);
  std::size_t count() const noexcept { return lengths_.size(); }
  std::size_t byte_size() const noexcept { return codes_.size() + 2 * lengths_.size() * sizeof(float); }

  // The squares of the distances in the order of add(), never negative; NaN for a query that is not finite.
  // `errors` are standard deviations of what they are off by, .02 |q| |c| / sqrt(dims).
  void distances(const float* query, float* squares, float* errors) const;

 private:
  std::size_t dims_;
  std::vector<std::int8_t> codes_;
  std::vector<float> scales_, lengths_;  // what a step of the code is worth; |c|
};

}  // namespace cairn::vector
