// Numbers from digits, exactly.

import Testing

@testable import TraceReaders

@Suite struct ScanningTests {
  private func scan(_ text: String, _ read: (inout UnsafeRawPointer, UnsafeRawPointer) -> UInt64?) -> (UInt64?, Int) {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: LineSplitter.slack)
    return bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return (nil, 0) }
      var place = start
      let value = read(&place, start + text.utf8.count)
      return (value, place - start)
    }
  }

  @Test(arguments: 0...16)
  func hexOfEveryLength(digits: Int) {
    let text = String("fedcba9876543210".prefix(digits))
    for tail in ["", " ", " 12", ")", "\n"] {
      let (value, read) = scan(text + tail, hexadecimal)
      #expect(value == UInt64(text, radix: 16))
      if digits > 0 { #expect(read == digits) }
    }
  }

  @Test(arguments: ["0", "9", "a", "f", "00000000", "ffffffff", "7f2510f91000", "ffffffffffffffff", "0000000000000001"])
  func hexIsExact(text: String) {
    #expect(scan(text, hexadecimal).0 == UInt64(text, radix: 16))
  }

  @Test(
    arguments: [("FF", 255, 2), ("ffzz", 255, 2), ("12:34", 0x12, 2), ("123456789g", 0x1_2345_6789, 9)]
      as [(String, UInt64, Int)])
  func hexStopsAtOtherBytes(text: String, value: UInt64, count: Int) {
    #expect(scan(text, hexadecimal) == (value, count))
  }

  @Test(arguments: ["", "g", " 1", "11111111111111111", "é"])
  func isNoHex(text: String) { #expect(scan(text, hexadecimal).0 == nil) }

  @Test(arguments: 0...255)
  func hexKnowsItsDigits(byte: Int) {
    // The byte among digits: only a hex digit goes on.
    let bytes: [UInt8] = [0x31, UInt8(byte), 0x32] + [UInt8](repeating: 0, count: LineSplitter.slack)
    let isDigit = (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      var place = start
      #expect(hexadecimal(&place, start + 3) != nil)
      #expect(place - start == (isDigit ? 3 : 1))
    }
  }

  @Test(arguments: [
    "0", "1", "9223372036854775807", "9999999999999999999", "18446744073709551615", "00000000000000000000001",
  ])
  func decimalIsExact(text: String) {
    #expect(scan(text, decimal) == (UInt64(text), text.utf8.count))
  }

  @Test(arguments: ["", "a", "18446744073709551616", "99999999999999999999", "123456789012345678901234567890"])
  func isNoDecimal(text: String) { #expect(scan(text, decimal).0 == nil) }

  @Test(arguments: 0...255)
  func decimalKnowsItsDigits(byte: Int) {
    // The byte at each place of eight: only a digit goes on.
    for place in 0..<8 {
      var bytes = Array("123456789".utf8) + [UInt8](repeating: 0, count: LineSplitter.slack)
      bytes[place] = UInt8(byte)
      let digits = bytes.prefix(9).prefix { $0 >= 0x30 && $0 <= 0x39 }
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        var end = start
        #expect(longDecimal(&end, start + 9) == UInt64(String(decoding: digits, as: UTF8.self)))
        #expect(end - start == digits.count)
      }
    }
  }
}
