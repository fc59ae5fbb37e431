// The index of pages against a list of them.

import KVMEvents
import Testing

@Suite struct PageIndexTests {
  private struct Generator {
    var state: UInt64

    mutating func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
  }

  /// 20,000 insertions and removals: chunks split and go.
  @Test(arguments: [1, 40, 5000] as [UInt64]) func findsWhatAListHas(pages: UInt64) {
    var generator = Generator(state: pages)
    var index = PageIndex()
    var list: [(page: UHVA, number: Int)] = []
    for number in 0..<20_000 {
      if !list.isEmpty && (number % 3 == 2 || number > 12_000) {
        let gone = list.remove(at: Int(generator.next(UInt64(list.count))))
        index.remove(gone.number, at: gone.page)
      } else {
        let page = UHVA(rawValue: generator.next(pages) << 12)
        index.insert(number, at: page)
        list.append((page, number))
      }
      guard number % 500 == 0 else { continue }
      let start = generator.next(pages) << 12
      let range = HVARange(
        start: UHVA(rawValue: start), end: UHVA(rawValue: start + (generator.next(pages) + 1) << 12))
      #expect(index.numbers(in: range).sorted() == list.filter { range.contains($0.page) }.map(\.number).sorted())
    }
  }

  @Test func anEmptyOneAndAnEmptyRange() {
    var index = PageIndex()
    let all = HVARange(start: UHVA(rawValue: 0), end: UHVA(rawValue: .max))
    #expect(index.numbers(in: all).isEmpty)
    index.insert(7, at: UHVA(rawValue: 0x1000))
    #expect(index.numbers(in: all) == [7])
    #expect(index.numbers(in: HVARange(start: UHVA(rawValue: 0x1000), end: UHVA(rawValue: 0x1000))).isEmpty)
    #expect(index.numbers(in: HVARange(start: UHVA(rawValue: 0x2000), end: UHVA(rawValue: 0x1000))).isEmpty)
  }
}
