// What one step of a decompressor did.

struct UnpackProgress {
  var consumed = 0
  var produced = 0
  /// The library's own words for what is wrong with the stream; what was produced before it counts.
  var error: String?
}
