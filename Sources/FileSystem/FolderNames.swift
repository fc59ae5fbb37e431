// What a folder holds.

import Glibc

/// Its names but for `.` and `..`, sorted. A folder that cannot be read to its end is an error: a part of its names
/// would be taken for all.
package func namesInFolder(_ path: String) throws(SystemCallError) -> [String] {
  guard let folder = opendir(path) else { throw SystemCallError("opendir", path) }
  defer { closedir(folder) }
  var names: [String] = []
  while true {
    errno = 0
    guard let entry = readdir(folder) else { break }
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name != "." && name != ".." { names.append(name) }
  }
  if errno != 0 { throw SystemCallError("readdir", path) }
  return names.sorted()
}
