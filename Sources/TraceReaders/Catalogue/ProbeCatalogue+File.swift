// A probe catalogue from a user's file.

/// Why a file is not a probe catalogue.
package enum ProbesFileError: Error, Equatable {
  case file(SmallFileError)
  case wrong(CatalogueError)
}

extension ProbeCatalogue {
  package func overridden(byFileAt path: String) throws(ProbesFileError) -> ProbeCatalogue {
    let text: String
    do {
      text = try SmallFile.text(path)
    } catch {
      throw .file(error)
    }
    do {
      return try overridden(by: text)
    } catch {
      throw .wrong(error)
    }
  }
}
