// Answers that hold for one device and are asked for at every launch.
#pragma once
#include <map>
#include <mutex>

namespace octet {

/** Remembers an answer for each device. The threads of Node share it. */
template <class Answer>
class PerDevice {
 public:
  /** `find` is called once for each device. */
  template <class Find>
  Answer get(int device, Find find) {
    const std::lock_guard<std::mutex> guard(lock_);
    const auto found = answers_.find(device);
    return found != answers_.end() ? found->second : answers_.emplace(device, find()).first->second;
  }

 private:
  std::mutex lock_;
  std::map<int, Answer> answers_;
};

}  // namespace octet
