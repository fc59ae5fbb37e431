// Counts and times as people read them.

/// A number with thousands separators: 1,017,868.
package func grouped(_ value: some BinaryInteger) -> String {
  let digits = String(value.magnitude)
  var result = ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index) % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return value < 0 ? "-" + result : result
}

/// A count and its noun: `1 case`, `1,106 verdicts`.
package func plural(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
  "\(grouped(count)) \(count == 1 ? one : many ?? one + "s")"
}

/// Nanoseconds as a number of larger units with three digits after the point, rounded to nearest.
private func decimal(_ ns: Int64, unit: Int64) -> String {
  let thousandth = UInt64(unit / 1000)
  // Stamps may go back, and sums may reach the ends of 64 bits: sign handled separately, no sum in Int64.
  let rounded = (ns.magnitude + thousandth / 2) / thousandth
  let rest = String(rounded % 1000)
  let number = "\(grouped(rounded / 1000)).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  return ns < 0 && rounded > 0 ? "-" + number : number
}

package func seconds(_ ns: Int64) -> String { decimal(ns, unit: 1_000_000_000) }
package func milliseconds(_ ns: Int64) -> String { decimal(ns, unit: 1_000_000) }

/// Nanoseconds as microseconds, exactly.
package func microseconds(_ ns: Int64) -> String { decimal(ns, unit: 1000) }

/// The input's name in a sentence: `-` on a command line is standard input.
package func inputName(_ name: String) -> String { name == "-" ? "standard input" : name.printable }
