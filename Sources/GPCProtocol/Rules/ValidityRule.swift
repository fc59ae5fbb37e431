// When a refresh that has to look up clears and sets `valid`.

package enum ValidityRule: Hashable, Sendable {
  /// False once before the loop, true with the new pfn after the retry test (mainline).
  case falseBeforeLoop
  /// False at each loop top; true right after the relock, before the retry test, both under the write lock.
  case trueBeforeTest
  /// True before the loop as a placeholder, `pfn` an error and `khva` NULL; the store after the loop tests nothing (`v5.17`).
  case placeholder
}
