// What in a database has a name, or a number, that a command line takes.

import TraceStore

/// The words for the things of one kind, in their order, and what each is.
package struct DatabaseNames {
  package enum Kind {
    /// Also a counterexample: `explain DB N`.
    case finding
    case vm
    case cache
    /// `comm-pid`.
    case task
  }

  /// Empty, if the database cannot be read: then there is nothing to offer.
  package let names: [(word: String, meaning: String)]

  package init(_ kind: Kind, inDatabase path: String) {
    let sql =
      switch kind {
      case .finding:
        """
        SELECT id AS word, kind || ', ' || certainty AS meaning FROM finding
        UNION ALL SELECT id, title FROM counterexample ORDER BY word
        """
      case .vm: "SELECT id AS word, coalesce(kvm_hex, '') AS meaning FROM vm_hex"
      case .cache: "SELECT id AS word, gpc_hex AS meaning FROM cache_hex"
      case .task: "SELECT DISTINCT comm || '-' || pid AS word, '' AS meaning FROM task ORDER BY word"
      }
    let database = try? TraceDatabase(at: path)
    names = (try? database?.rows(sql) { (word: $0.text("word"), meaning: $0.text("meaning")) }) ?? []
  }
}
