// Tables of one row whose columns are the properties of a value: the facts of a recording, the settings of a replay.

import FoundationEssentials

extension Connection {
  /// Puts the value into the table: each column the property of its name in camel case, and 1 as its id.
  func insert(facts: some Encodable, into table: String) throws(TraceStoreError) {
    let values = try columns(of: table).map { $0 == "id" ? "1" : "?1 ->> '$.\($0)'" }
    let statement = try prepare("INSERT INTO \(table) VALUES (\(values.joined(separator: ", ")))")
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    do {
      statement.bind([String(decoding: try encoder.encode(facts), as: UTF8.self)])
    } catch {
      preconditionFailure("facts are numbers and texts: \(error)")
    }
    try statement.run()
  }

  /// The value out of the table; nil: it has no row.
  func facts<Value: Decodable>(_ type: Value.Type, of table: String) throws(TraceStoreError) -> Value? {
    let pairs = try columns(of: table).map { "'\($0)', \($0)" }
    let row = try prepare("SELECT json_object(\(pairs.joined(separator: ", "))) AS facts FROM \(table)")
    guard try row.step() else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: Data(row.text("facts").utf8))
    } catch {
      throw .damaged(table: table, reason: Self.reason(error))
    }
  }

  private func columns(of table: String) throws(TraceStoreError) -> [String] {
    let row = try prepare("SELECT name FROM pragma_table_info(?1)", [table])
    var names: [String] = []
    while try row.step() { names.append(row.text("name")) }
    return names
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context):
      context.codingPath.last.map { "its \(column($0)) is none that is known" } ?? "it is no text"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "its \(context.codingPath.last.map(column) ?? "column") is not what it should be"
    case _: "a column is missing"
    }
  }

  /// The column of a property.
  private static func column(_ key: any CodingKey) -> String {
    snakeCase(key.stringValue)
  }
}
