// What one step of a decompressor did.

struct UnpackProgress {
  var consumed = 0
  var produced = 0
  /// What is wrong with the stream, as the end of a sentence; what was produced before it counts.
  var fault: String?

  /// - Parameter words: the library's own message.
  static func damage(_ words: String) -> String { "is damaged (\(words))" }

  static func tooLargeAWindow(max: UInt64) -> String { "needs a window of more than \(max >> 20) MiB" }
}
