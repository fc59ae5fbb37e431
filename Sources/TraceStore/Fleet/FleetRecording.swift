// A recording in a fleet database: the row of the table `recording`, and what is written with it.

/// What one recording says, for many to be asked together. A property is a column of the table `recording`, by its name
/// in snake case; nil is NULL.
package struct FleetRecording: Codable, Equatable, Sendable {
  package enum Status: String, Codable, Sendable {
    case judged
    case unreadable
    case outOfMemory = "out_of_memory"
    case outOfTime = "out_of_time"
    case crashed
  }

  /// Of its result, the same wherever it is made.
  package var name: String
  package var status: Status
  /// A sentence; nil: it is judged.
  package var error: String?
  /// Without its folder.
  package var fileName: String
  package var contentHash: String?
  package var byteCount: Int64?
  /// Those that change the result, as they are given on a command line.
  package var options: String
  package var toolVersion: String
  package var verdict: String?
  package var isLimited: Int64?
  package var kernelRelease: String?
  package var form: String?
  package var formReason: String?
  package var deltaNs: Int64?
  package var format: String?
  package var clock: String?
  package var stampUnit: String?
  package var resolutionNs: Int64?
  package var incomplete: String?
  package var lineCount: Int64?
  package var eventCount: Int64?
  package var lengthNs: Int64?
  package var vmCount: Int64?
  package var cacheCount: Int64?
  package var invalidationCount: Int64?
  package var refreshCount: Int64?
  package var failedCount: Int64?
  package var roundCount: Int64?
  package var necessaryCount: Int64?
  package var falseCount: Int64?
  package var falseNs: Int64?
  package var undecidedCount: Int64?
  package var longestStallNs: Int64?
  package var checkCount: Int64?
  package var failedCheckCount: Int64?

  /// One that is not judged.
  package init(
    name: String, status: Status, error: String?, fileName: String, contentHash: String?, byteCount: Int64?,
    options: String, toolVersion: String
  ) {
    self.name = name
    self.status = status
    self.error = error
    self.fileName = fileName
    self.contentHash = contentHash
    self.byteCount = byteCount
    self.options = options
    self.toolVersion = toolVersion
  }
}

extension FleetRecording {
  package enum Value: Equatable, Sendable {
    case integer(Int64)
    case text(String)
  }

  /// All columns but the id, in their order; nil is NULL.
  package var columns: [(name: String, value: Value?)] {
    // The only way that sees a property whose value is nil.
    Mirror(reflecting: self).children.map { property in
      let value: Value? =
        switch property.value {
        case let number as Int64: .integer(number)
        case let text as String: .text(text)
        case let status as Status: .text(status.rawValue)
        case _: nil
        }
      return (snakeCase(property.label ?? ""), value)
    }
  }
}
