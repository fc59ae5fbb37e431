// Why divergences are counted from a form; a value in the table `replay`.

import KVMEvents

/// Which form the recorded kernel is assumed to have run, and the reason (evidence, rule 26).
package enum FormReason: String, CaseIterable, Codable, Sendable {
  /// `--kernel` named it.
  case asked
  /// It agrees, and is mainline's in the release that the recording names.
  case release
  /// The newest of mainline's that agree.
  case newest
  /// None of mainline's agrees; the newest published one that does.
  case published
  /// No form agrees; mainline's in the release that the recording names.
  case releaseRefuted = "release_refuted"
  /// No form agrees, and the release is not known: the one with the fewest decisions against it, of equals the first.
  case fewestRefuted = "fewest_refuted"
}
