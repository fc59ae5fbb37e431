import GPCProtocol
import Testing
@Suite struct S { @Test func codes() { for (i, s) in TaskStep.all.enumerated() { #expect(s.code == i) }; #expect(TaskStep.all.count == TaskStep.codeCount) } }
