// Keys of many parts, and brackets without a name: refused before the parser gets to them.

import Forms
import Testing

@Suite struct TOMLLimitsTests {
  private static let deep = String(repeating: "a.", count: 200_000) + "a"

  @Test(arguments: [
    "# = 1", "[#]", "[[#]]", "x = { # = 1 }", "x = [1, { # = 1 }]", "y = [\"\"\"text\"\"\"\"\", { # = 1 }]",
    "x = '[' # '\n# = 1", "\"a\".# = 1", "x = \"a\\\"b\"\n# = 1", "x = '\\'\n# = 1",
  ]) func aDeepKeyIsFound(pattern: String) throws {
    let toml = pattern.replacing("#", with: Self.deep)
    #expect(TOMLLimits.fault(toml) != nil)
    let fault = #expect(throws: FormFault.self) { _ = try FormFile(toml: toml) }
    #expect(fault?.sentence.contains("a key has more than 32 parts") == true)
  }

  /// Dots in texts, numbers and comments are none of a key.
  @Test(arguments: [
    "x = \"@\"", "x = '@'", "x = \"\"\"\n@\n\"\"\"", "# @", "x = '''\n@ \\'''", "x = \"a\\\" @\"",
    "x = [\(String(repeating: "1.5, ", count: 1000))]", String(repeating: "a.b = 1\n", count: 100),
  ]) func anythingElseIsNot(pattern: String) {
    #expect(TOMLLimits.fault(pattern.replacing("@", with: Self.deep)) == nil)
  }

  @Test func theLineIsSaid() {
    #expect(TOMLLimits.fault("a = 1\nb = \"\"\"\n\n\"\"\"\n\(Self.deep) = 1\n")?.line == 5)
  }

  /// toml++ asserts that a key begins after the brackets. Found by `tools/fuzz forms`: `[¯form]]`.
  @Test(arguments: ["[\u{af}form]]", "[=]", "[[ #]]", "\t[\n]", "a = [1]\n[é]", "[ [a]]", "[", "[[\n", "[]", "[["])
  func bracketsWithoutAName(toml: String) {
    let fault = #expect(throws: FormFault.self) { _ = try FormFile(toml: toml) }
    #expect(fault?.sentence.isEmpty == false)
  }

  /// toml++ asserts that a value begins there. Found by `tools/fuzz case`.
  @Test(arguments: ["x = [}", "x = [1, }]", "x = { y = 1 ]", "x = }", "x = ]"])
  func bracketsThatCloseNothing(toml: String) {
    let fault = #expect(throws: FormFault.self) { _ = try FormFile(toml: toml) }
    #expect(fault?.sentence.contains("closes nothing") == true)
  }

  /// toml++ asserts that a time of more than one digit follows. Found by `tools/fuzz forms`.
  @Test(arguments: ["x = 1012-06-14 0#", "x = 1012-06-14 0 ", "x = [1012-06-1_4 7]"])
  func aDateAndHalfATime(toml: String) {
    let fault = #expect(throws: FormFault.self) { _ = try FormFile(toml: toml) }
    #expect(fault?.sentence.contains("a date with a time") == true)
    #expect(TOMLLimits.fault("x = '\(toml.dropFirst(4))'") == nil)
  }

  /// In arrays and texts they are followed by anything.
  @Test(arguments: [
    "x = [\n[1],\n['é']]", "x = \"\"\"\n[é]\n\"\"\"", "# [é]", "[ a ]", "[[ \"é\" ]]", "x = { y = [\n[1]] }\n[a]",
    "[[a]] # ]\nb = ']'",
  ]) func otherBracketsAreNot(toml: String) {
    #expect(TOMLLimits.fault(toml) == nil)
  }

  @Test func formsAreBounded() {
    let forms = String(repeating: "[[form]]\nid = \"a\"\n", count: 257)
    let fault = #expect(throws: FormFault.self) { _ = try FormFile(toml: forms) }
    #expect(fault?.sentence.contains("it has 257 forms, and 256 are read at most") == true)
  }
}
