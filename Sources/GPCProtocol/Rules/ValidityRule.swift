// When a refresh that has to look up clears and sets `valid`.

package enum ValidityRule: String, Hashable, CaseIterable, Sendable {
  /// False once before the loop, true with the new pfn after the retry test (mainline).
  case falseBeforeLoop = "false-before-loop"
  /// False at each loop top; true right after the relock, before the retry test, both under the write lock.
  case trueBeforeTest = "true-before-test"
  /// True before the loop as a placeholder, `pfn` an error and `khva` NULL; the store after the loop tests nothing
  /// (`v5.17`).
  case placeholder
}
