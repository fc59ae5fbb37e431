// Branches, their numbers, and what the forms have of them.

import Forms
import GPCProtocol
import Testing

@Suite struct ProtocolBranchTests {
  @Test func codesAreThePlacesInTheList() {
    // One bit each of a `BranchSet`.
    #expect(ProtocolBranch.all.count <= 255)
    for (code, branch) in ProtocolBranch.all.enumerated() { #expect(branch.code == code) }
    for (place, branch) in StepBranch.allCases.enumerated() { #expect(branch.place == place) }
  }

  @Test func everyBranchIsSomeForms() {
    let forms = ProtocolForm.all.flatMap { [$0, $0.under(.tso)] }
    #expect(Set(forms.flatMap(\.branches)) == Set(ProtocolBranch.all))
  }

  @Test(arguments: ProtocolForm.all.map(\.id)) func branchesAreOfTheFormsSteps(_ id: String) throws {
    let form = try #require(ProtocolForm.named(id))
    #expect(BranchSet(form.branches).steps == form.steps.filter { $0 != .finished })
  }

  // kvm list, 2024-10-15, 3/5: the count is the first of three fields there; mainline's alone decides.
  @Test func countDecidesWhereItIsTheWholeTest() throws {
    let count = try #require(ProtocolForm.v69.program.step("retry.count"))
    #expect(ProtocolForm.v69.branches.filter { $0.step == count }.map(\.branch) == [.retry, .pass])
    #expect(ProtocolForm.builtIn("seanjc-3").branches.filter { $0.step == count }.map(\.branch) == [.pending, .pass])
    #expect(ProtocolForm.builtIn("dwmw2-v2").branches.allSatisfy { $0.step != count })
  }

  @Test func setsJoin() throws {
    let test = try #require(ProtocolForm.v69.program.step("walk.test"))
    let (hit, miss) = (ProtocolBranch(test, .hit), ProtocolBranch(test, .miss))
    var set = BranchSet([hit])
    set.formUnion(BranchSet([miss]))
    #expect(set.branches == [hit, miss] && set.steps == [test] && set.count == 2)
    #expect(set.subtracting(BranchSet([hit])) == BranchSet([miss]))
  }
}
