// Malformed input as data: what a reader could not use as it is.

/// What can be wrong with a line. The raw value is its name in the table `import_issue`.
package enum ImportIssueKind: String, CaseIterable, Encodable, Sendable {
  /// A line that is not an event, a note or a loss marker.
  case badLine = "bad_line"
  /// An event of the catalogue lacks a field the catalogue lists.
  case missingField = "missing_field"
  /// A field's value is not a number or does not fit its type.
  case badField = "bad_field"
  /// An invalidation whose `end` is below its `start`.
  case endBelowStart = "end_below_start"
  /// A pointer that is 0 or was hashed (`%p` without `no_hash_pointers`).
  case badPointer = "bad_pointer"
  /// A line longer than the reader keeps.
  case longLine = "long_line"
  /// A NUL byte in a line.
  case nulByte = "nul_byte"
  /// Bytes that are not UTF-8 (shown replaced, kept otherwise).
  case invalidUTF8 = "invalid_utf8"
  /// CR before the newline.
  case carriageReturn = "carriage_return"
  /// A time stamp below the one before it.
  case timeWentBack = "time_went_back"
  /// The same line twice in a row.
  case duplicateLine = "duplicate_line"
  /// The same in microseconds, of a retry test or a walk: a thread hardly has two of them within one microsecond.
  case doubledStep = "doubled_step"
  /// Time stamps of microseconds: order within one is not known.
  case microseconds = "microseconds"
  /// Comms of 8 bytes: two threads may look alike, but their pids distinguish them.
  case cutComms = "cut_comms"
  /// A loss without a marker: a CPU's first event in a ring that was overwritten, which counts as lost with everything
  /// before it; or events that a CPU's statistics count as dropped.
  case unannouncedLoss = "unannounced_loss"
  /// What this input format cannot show, and others can.
  case formLimit = "form_limit"
  /// An event name that the catalogue does not have.
  case unknownEvent = "unknown_event"
  /// A part of a trace.dat or perf.data, or one event's format in it, that cannot be used.
  case badPart = "bad_part"
  /// A page of trace data, or the rest of one, that cannot be read: its events are lost.
  case badPage = "bad_page"
  /// A record of trace data that is not an event of the recording.
  case badRecord = "bad_record"
  /// The compressed stream or the file ends early, or is damaged from here on.
  case truncated = "truncated"

  package enum Severity: String, Encodable, Sendable {
    /// Nothing was lost; worth knowing.
    case info
    /// A line or a field could not be used; the rest is.
    case warning
    /// The input is incomplete.
    case error
  }

  /// What may be missing, or duplicated, because something could not be read, at an unknown position: if there is any
  /// of it, no finding is certain and nothing is clean.
  package enum Doubt: Sendable {
    /// A whole event, about which nothing is known.
    case event
    /// Part of an event.
    case field
    /// Events that were lost.
    case loss
    /// An event that may not have happened.
    case repetition
  }

  /// nil: it hides nothing, or it has a loss marker instead.
  package var doubt: Doubt? {
    switch self {
    case .badLine, .longLine, .badRecord, .badPart: .event
    case .badField, .endBelowStart: .field
    case .formLimit: .loss
    case .doubledStep: .repetition
    case .missingField, .badPointer, .nulByte, .invalidUTF8, .carriageReturn, .timeWentBack, .duplicateLine,
      .microseconds, .cutComms, .unannouncedLoss, .unknownEvent, .badPage, .truncated:
      nil
    }
  }

  package var severity: Severity {
    switch self {
    case .nulByte, .invalidUTF8, .carriageReturn, .microseconds, .cutComms, .formLimit, .unknownEvent: .info
    case .badLine, .missingField, .badField, .endBelowStart, .badPointer, .longLine, .timeWentBack, .duplicateLine,
      .doubledStep, .unannouncedLoss, .badPart, .badPage, .badRecord:
      .warning
    case .truncated: .error
    }
  }
}

/// One occurrence, kept for the first ten of each kind.
package struct ImportIssue: Sendable {
  package let kind: ImportIssueKind
  /// The line where it occurred, first line 1; in a binary recording, the event after which it occurred.
  package let line: EventID
  /// One sentence: what is wrong.
  package let reason: String
  /// The line's first bytes, made printable.
  package let excerpt: String

  package init(kind: ImportIssueKind, line: EventID, reason: String, excerpt: String) {
    self.kind = kind
    self.line = line
    self.reason = reason
    self.excerpt = excerpt
  }
}
