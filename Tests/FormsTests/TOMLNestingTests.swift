// Keys of many parts: refused before the parser follows them.

import Forms
import Testing

@Suite struct TOMLNestingTests {
  private static let deep = String(repeating: "a.", count: 200_000) + "a"

  @Test(arguments: [
    "# = 1", "[#]", "[[#]]", "x = { # = 1 }", "x = [1, { # = 1 }]", "y = [\"\"\"text\"\"\"\"\", { # = 1 }]",
    "x = '[' # '\n# = 1", "\"a\".# = 1", "x = \"a\\\"b\"\n# = 1", "x = '\\'\n# = 1",
  ]) func aDeepKeyIsFound(pattern: String) throws {
    let toml = pattern.replacing("#", with: Self.deep)
    #expect(TOMLNesting.lineTooDeep(toml) != nil)
    let fault = #expect(throws: FormFault.self) { _ = try FormFile(toml: toml) }
    #expect(fault?.sentence.contains("a key has more than 32 parts") == true)
  }

  /// Dots in texts, numbers and comments are none of a key.
  @Test(arguments: [
    "x = \"@\"", "x = '@'", "x = \"\"\"\n@\n\"\"\"", "# @", "x = '''\n@ \\'''", "x = \"a\\\" @\"",
    "x = [\(String(repeating: "1.5, ", count: 1000))]", String(repeating: "a.b = 1\n", count: 100),
  ]) func anythingElseIsNot(pattern: String) {
    #expect(TOMLNesting.lineTooDeep(pattern.replacing("@", with: Self.deep)) == nil)
  }

  @Test func theLineIsSaid() {
    #expect(TOMLNesting.lineTooDeep("a = 1\nb = \"\"\"\n\n\"\"\"\n\(Self.deep) = 1\n") == 5)
  }

  @Test func formsAreBounded() {
    let forms = String(repeating: "[[form]]\nid = \"a\"\n", count: 257)
    let fault = #expect(throws: FormFault.self) { _ = try FormFile(toml: forms) }
    #expect(fault?.sentence.contains("it has 257 forms, and 256 are read at most") == true)
  }
}
