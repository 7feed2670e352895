#include "vec0/filing.hpp"

#include <algorithm>
#include <cmath>

#include "vec0/shadow.hpp"

namespace cairn::vec0 {
namespace {

// A list is divided when it is so many times longer than it would be if all were alike.
constexpr double kTooLong = 2.5;
constexpr double kShortest = 128;  // no list is divided below this
// The shortest lists are given up when there are so many times more than are wanted.
constexpr double kTooMany = 1.25;
// Lists are looked through for entries of rows that are gone when these are more than one in so many, and so
// many entries for each row that was filed or deleted: enough that they never become the most.
constexpr std::size_t kGoneShare = 4;
constexpr std::size_t kLookedThrough = 8;
// Of entries in memory, until they are written.
constexpr std::size_t kMostLoaded = 32 << 20;

std::uint64_t random_seed() {
  std::uint64_t seed;
  sqlite3_randomness(sizeof seed, &seed);
  return seed;
}

// Half as many make a search scan a quarter more rows; twice as many cost more than they save
// (bench/README.md).
std::size_t wanted_lists(std::size_t rows) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(2 * std::sqrt(static_cast<double>(rows))));
}

}  // namespace

Filing::Filing(CairnStorage& storage, FilingWork work)
    : storage_(storage),
      work_(std::move(work)),
      dims_(storage.table().vectors.front().dims),
      rows_at_once_(vector_packs(storage.table(), 0).rows),
      vectors_(storage.vectors(0)),
      lists_(storage) {}

void Filing::run() {
  std::optional<ListSpace> space = lists_.space();
  if (!space && work_.filed > 0)
    storage_.throw_corrupt(kInfo, 0, "nothing is said about lists, but rows were filed");
  if (space)
    space_ = *std::move(space);
  else
    create();
  rotation_.emplace(dims_, space_.seed);
  for (StoredList& list : lists_.without_entries()) {
    open_.emplace_back();
    open_.back().list = std::move(list);
  }
  if (open_.empty() && work_.filed > 0) storage_.throw_corrupt(kLists, 0, "they are missing");
  if (open_.empty()) return;  // no row is finite
  {
    vector::NearestCentroid nearest = nearest_list();
    for (const std::int64_t chunk : work_.chunks) file(chunk, nearest);
  }
  rows_to_move_ = filed_ + work_.deleted;
  drop_gone();
  give_up_the_shortest();
  divide_the_longest();
  file_taken_out();
  write_all();
  lists_.write_space(space_);
}

// Centroids from a part of the rows: the first ones of every pack, which SQLite need not walk far to.
void Filing::create() {
  constexpr std::size_t kMostSampled = 64 << 20;  // bytes
  const std::size_t lists = wanted_lists(work_.rows);
  const std::size_t sampled =
      std::min(lists * vector::kSampledPerCentroid, kMostSampled / (dims_ * sizeof(float)));
  const std::size_t packs =
      work_.chunks.size() * ((storage_.table().chunk_size + rows_at_once_ - 1) / rows_at_once_);
  const std::size_t per_pack = (sampled + packs - 1) / packs;
  space_ =
      ListSpace{storage_.table().vectors.front().metric, {}, random_seed(), 0, std::vector<float>(dims_)};
  std::vector<float> sample;
  sample.reserve(packs * per_pack * dims_);
  std::vector<std::uint16_t> live;
  for (const std::int64_t id : work_.chunks) {
    const std::optional<Chunk> chunk = storage_.chunk(id);
    if (!chunk) continue;
    live_slots(*chunk, live);
    std::size_t pack = 0, taken = 0;
    for (const std::uint16_t slot : live) {
      if (slot / rows_at_once_ != pack) taken = 0;
      pack = slot / rows_at_once_;
      if (taken++ >= per_pack) continue;
      sample.resize(sample.size() + dims_);
      read_point(list_place(id, slot), sample.data() + sample.size() - dims_);
    }
  }
  const std::size_t count = sample.size() / dims_;
  std::vector<double> mean(dims_);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t d = 0; d < dims_; ++d)
      if (std::isfinite(sample[i * dims_ + d])) mean[d] += static_cast<double>(sample[i * dims_ + d]);
  for (std::size_t d = 0; d < dims_; ++d) {
    const auto origin = static_cast<float>(mean[d] / static_cast<double>(std::max<std::size_t>(count, 1)));
    space_.origin[d] = std::isfinite(origin) ? origin : 0.0f;
  }
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t d = 0; d < dims_; ++d) sample[i * dims_ + d] -= space_.origin[d];
  const std::vector<float> centroids =
      vector::find_centroids(sample.data(), count, dims_, lists, space_.seed);
  StoredList list;
  for (auto centroid = centroids.begin(); centroid != centroids.end();
       centroid += static_cast<std::ptrdiff_t>(dims_)) {
    list.centroid.assign(centroid, centroid + static_cast<std::ptrdiff_t>(dims_));
    lists_.insert(list);
  }
}

vector::NearestCentroid Filing::nearest_list() const {
  std::vector<float> centroids;
  centroids.reserve(open_.size() * rotation_->padded());
  for (const Open& open : open_) {
    const std::vector<float> rotated = (*rotation_)(open.list.centroid.data());
    centroids.insert(centroids.end(), rotated.begin(), rotated.end());
  }
  return {std::move(centroids), rotation_->padded()};
}

void Filing::file(std::int64_t id, vector::NearestCentroid& nearest) {
  std::optional<Chunk> chunk = storage_.chunk(id);
  if (!chunk) return;
  std::vector<float> rows(rows_at_once_ * dims_), rotated(rotation_->padded());
  for (std::size_t first = 0; first < chunk->used; first += rows_at_once_) {
    const std::size_t count = std::min(rows_at_once_, chunk->used - first);
    vectors_->read_live(*chunk, first, count, reinterpret_cast<std::byte*>(rows.data()));
    for (std::size_t n = 0; n < count; ++n) {
      if (!chunk->is_live(first + n)) continue;
      float* const point = rows.data() + n * dims_;
      space_.point_of(point, point);
      (*rotation_)(point, rotated.data());
      append(open_[nearest(rotated.data())], rotated.data(), list_place(id, first + n));
      ++filed_;
    }
  }
  lists_.mark_filed(id);
  chunks_[id] = {true, std::move(chunk->validity)};
  if (loaded_bytes_ > kMostLoaded) write_all();
}

void Filing::load_entries(Open& open) {
  if (open.has_entries) return;
  open.list = lists_.load(open.list.id);
  open.has_entries = true;
  loaded_bytes_ += open.list.entries.size();
}

void Filing::append(Open& open, const float* rotated, std::uint64_t place) {
  load_entries(open);
  StoredList& list = open.list;
  if (!open.encoder) open.encoder = std::make_unique<vector::ListEncoder>((*rotation_)(list.centroid.data()));
  const std::size_t block = list.size / vector::kBlockRows, stride = lists_.stride();
  if (list.entries.size() < (block + 1) * stride) {  // with some room for the next
    const std::size_t bytes = (block + 1 + block / 4) * stride;
    loaded_bytes_ += bytes - list.entries.size();
    list.entries.resize(bytes);
  }
  const double square =
      open.encoder->encode(rotated, list.entries.data() + block * stride, list.size % vector::kBlockRows);
  lists_.set_place(list, list.size, place);
  if (std::isfinite(square)) list.square += square;
  ++list.size;
  open.has_changed = true;
}

void Filing::write_all() {
  for (Open& open : open_) {
    if (open.has_changed) lists_.write(open.list);
    open.list.entries = {};
    open.encoder.reset();
    open.has_changed = open.has_entries = false;
  }
  loaded_bytes_ = 0;
}

bool Filing::is_filed_row(std::uint64_t place) {
  const std::int64_t id = chunk_of_place(place);
  auto found = chunks_.find(id);
  if (found == chunks_.end()) {
    std::optional<Chunk> chunk = storage_.chunk(id);
    found = chunks_.emplace(id, chunk ? Rows{chunk->is_filed, std::move(chunk->validity)} : Rows{}).first;
  }
  const auto& [are_filed, validity] = found->second;
  const std::size_t slot = slot_of_place(place);
  return are_filed && slot < validity.size() * 8 && get_bit(validity, slot);
}

// List by list, on from where it ended the last time.
void Filing::drop_gone() {
  std::size_t entries = 0;
  for (const Open& open : open_) entries += open.list.size;
  const std::size_t filed = work_.filed + filed_;
  if (entries < filed) storage_.throw_corrupt(kLists, 0, "they have fewer entries than rows were filed");
  if ((entries - filed) * kGoneShare <= entries) return;
  std::size_t left = kLookedThrough * (filed_ + work_.deleted);
  const auto start =
      static_cast<std::size_t>(std::find_if(open_.begin(), open_.end(),
                                            [&](const Open& open) { return open.list.id > space_.swept; }) -
                               open_.begin());
  for (std::size_t n = 0; n < open_.size() && left > 0; ++n) {
    Open& open = open_[(start + n) % open_.size()];
    left -= std::min(left, open.list.size);
    drop_gone(open);
    space_.swept = open.list.id;
    if (loaded_bytes_ > kMostLoaded) write_all();
  }
}

void Filing::drop_gone(Open& open) {
  load_entries(open);
  StoredList& list = open.list;
  const std::size_t stride = lists_.stride(), padded = rotation_->padded();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size; ++i) {
    const std::uint64_t place = lists_.place_of(list, i);
    if (!is_filed_row(place)) continue;
    if (kept != i) {
      vector::copy_list_code(padded, list.entries.data() + i / vector::kBlockRows * stride,
                             i % vector::kBlockRows, list.entries.data() + kept / vector::kBlockRows * stride,
                             kept % vector::kBlockRows);
      lists_.set_place(list, kept, place);
    }
    ++kept;
  }
  if (kept > work_.rows) storage_.throw_corrupt(kLists, list.id, "it names rows more than once");
  if (kept == list.size) return;
  list.square *= static_cast<double>(kept) / static_cast<double>(list.size);  // as if they were all alike
  list.size = kept;
  open.has_changed = true;
  const std::size_t blocks = (kept + vector::kBlockRows - 1) / vector::kBlockRows;
  if (blocks * 2 * stride < list.entries.size()) list.entries.resize((blocks + blocks / 4) * stride);
}

void Filing::read_point(std::uint64_t place, float* point) {
  vectors_->read(chunk_of_place(place), slot_of_place(place), 1, reinterpret_cast<std::byte*>(point));
  space_.point_of(point, point);
}

// Takes the rows of a list out of it, to be filed anew.
void Filing::take_out(Open& open) {
  StoredList& list = open.list;
  rows_to_move_ -= std::min(rows_to_move_, list.size);
  for (std::size_t i = 0; i < list.size; ++i) taken_out_.push_back(lists_.place_of(list, i));
  list.size = 0;
  list.square = 0;
  open.has_changed = true;
  open.encoder.reset();
}

void Filing::give_up_the_shortest() {
  const auto most = static_cast<std::size_t>(kTooMany * static_cast<double>(wanted_lists(work_.rows)));
  if (open_.size() <= most) return;
  const std::size_t surplus = open_.size() - most;
  std::sort(open_.begin(), open_.end(),
            [](const Open& a, const Open& b) { return a.list.size < b.list.size; });
  std::size_t given_up = 0;
  for (; given_up < surplus; ++given_up) {
    Open& open = open_[given_up];
    drop_gone(open);
    if (open.list.size > rows_to_move_) break;
    take_out(open);
    lists_.remove(open.list.id);
  }
  open_.erase(open_.begin(), open_.begin() + static_cast<std::ptrdiff_t>(given_up));
}

// Those that are too long, and others while there are too few; at least one, if its rows differ.
void Filing::divide_the_longest() {
  const auto wanted = static_cast<double>(wanted_lists(work_.rows));
  const double alike = static_cast<double>(work_.rows) / wanted;
  const double too_long = std::max(kShortest, kTooLong * alike);
  std::sort(open_.begin(), open_.end(),
            [](const Open& a, const Open& b) { return a.list.size > b.list.size; });
  bool is_first = true;
  const std::size_t lists = open_.size();
  for (std::size_t i = 0; i < lists; ++i) {
    const auto is_long = [&] {
      const bool are_few = open_.size() < wanted_lists(work_.rows);
      return static_cast<double>(open_[i].list.size) > (are_few ? alike : too_long);
    };
    if (!is_long()) return;
    drop_gone(open_[i]);
    if (!is_long() || (open_[i].list.size > rows_to_move_ && !is_first)) continue;
    divide(i, std::max<std::size_t>(
                  2, static_cast<std::size_t>(std::lround(static_cast<double>(open_[i].list.size) / alike))));
    is_first = false;
    if (loaded_bytes_ > kMostLoaded) write_all();
  }
}

// Nothing is done if a sample of its rows is all alike.
void Filing::divide(std::size_t number, std::size_t parts) {
  const StoredList& list = open_[number].list;
  const std::size_t step = std::max<std::size_t>(1, list.size / (parts * vector::kSampledPerCentroid));
  std::vector<float> sample;
  for (std::size_t i = 0; i < list.size; i += step) {
    sample.resize(sample.size() + dims_);
    read_point(lists_.place_of(list, i), sample.data() + sample.size() - dims_);
  }
  const std::vector<float> centroids =
      vector::find_centroids(sample.data(), sample.size() / dims_, dims_, parts, space_.seed);
  if (centroids.size() < 2 * dims_) return;
  take_out(open_[number]);
  for (auto centroid = centroids.begin(); centroid != centroids.end();) {
    const auto end = centroid + static_cast<std::ptrdiff_t>(dims_);
    const bool is_first = centroid == centroids.begin();
    if (!is_first) open_.emplace_back();
    StoredList& part = is_first ? open_[number].list : open_.back().list;
    part.centroid.assign(centroid, end);
    if (!is_first) lists_.insert(part);
    centroid = end;
  }
}

// In the order of the chunks, so that what lies together is read together.
void Filing::file_taken_out() {
  if (taken_out_.empty()) return;
  std::sort(taken_out_.begin(), taken_out_.end());
  vector::NearestCentroid nearest = nearest_list();
  std::vector<float> point(dims_), rotated(rotation_->padded());
  for (const std::uint64_t place : taken_out_) {
    read_point(place, point.data());
    (*rotation_)(point.data(), rotated.data());
    append(open_[nearest(rotated.data())], rotated.data(), place);
    if (loaded_bytes_ > kMostLoaded) write_all();
  }
}

}  // namespace cairn::vec0
