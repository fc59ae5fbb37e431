// What can be wrong with a case.

/// Why a case is broken. `sentence` is printed after the case's name.
package enum CaseFault: Error, Equatable, Sendable {
  case noDescription
  case unreadable(file: String, reason: String)
  /// `reason` says where.
  case malformed(reason: String)
  case unknownForm(String)
  /// Forms without an expectation.
  case missingForms([String])
  case repeatedForm(String)
  case unknownFigure(String)
  case noTrace
  case severalTraces([String])
  /// `reason`: a sentence.
  case notImported(reason: String)

  package var sentence: String {
    switch self {
    case .noDescription: "there is no \(CorpusCase.descriptionName)"
    case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
    case .malformed(let reason): "\(CorpusCase.descriptionName) is malformed: \(reason)"
    case .unknownForm(let form):
      "\(CorpusCase.descriptionName) expects something of '\(form)', which is not a form of the protocol (gpc-replay protocols)"
    case .missingForms(let forms):
      "\(CorpusCase.descriptionName) expects nothing of \(forms.joined(separator: ", "))"
    case .repeatedForm(let form): "\(CorpusCase.descriptionName) expects something of '\(form)' twice"
    case .unknownFigure(let name):
      "\(CorpusCase.descriptionName) counts '\(name)', which is not a figure (docs/corpus.md)"
    case .noTrace: "there is no trace: expected \(CorpusCase.traceNames.joined(separator: " or "))"
    case .severalTraces(let names): "there are several traces: \(names.joined(separator: ", "))"
    case .notImported(let reason): "the trace does not import: \(reason)"
    }
  }
}
