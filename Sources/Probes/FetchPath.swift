// Where a field is read from, in the syntax of the kernel's probe events: an argument and the members it leads to.

/// `range->start`: the argument `range`, and its member. `(kvm,mmu_notifier)mn->mm`: the argument `mn` is the member
/// `mmu_notifier` of a `struct kvm`, whose member follows (`container_of()`). `data->u.gpa`: the union `u`, as its
/// member `gpa`.
struct FetchPath: Sendable, Equatable {
  /// The struct that contains what the argument points to, and as which member.
  let container: Container?
  let argument: String
  let members: [String]
  /// Of the union that the last member is, where the type matters. It is where the union is, so a probe reads the same.
  let unionMember: String?

  struct Container: Sendable, Equatable {
    let structName: String
    let member: String
  }

  init(_ text: Substring) {
    var rest = text
    if rest.first == "(", let end = rest.firstIndex(of: ")") {
      let words = rest[rest.index(after: rest.startIndex)..<end].split(separator: ",")
      precondition(words.count == 2, "a cast has a struct and its member: \(text)")
      container = Container(structName: String(words[0]), member: String(words[1]))
      rest = rest[rest.index(after: end)...]
    } else {
      container = nil
    }
    let union = rest.split(separator: ".", maxSplits: 1)
    unionMember = union.count > 1 ? String(union[1]) : nil
    let words = union.first?.split(separator: "->").map(String.init) ?? []
    precondition(!words.isEmpty, "a path begins with an argument: \(text)")
    argument = words[0]
    members = Array(words.dropFirst())
  }

  /// As it was written.
  var text: String {
    (container.map { "(\($0.structName),\($0.member))" } ?? "") + ([argument] + members).joined(separator: "->")
      + (unionMember.map { ".\($0)" } ?? "")
  }
}
