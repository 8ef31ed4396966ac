import Planning
import Specifications
import Tables
import Testing

@Suite struct PlanFuzzTests {
  /// A small generator of its own, so that a failure names one number.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private let pieces = [
    "\t", ":", ": ", "- ", "[", "]", "{", "}", "\"", "'", "&a ", "*a", "*0.5", "<<: ", "!!str ", "---\n", "# ", "|",
    ">",
    "null", "~", "-1", "1e99", "0x1F", "９", "：", "99999999999999999999", "\n", "  ", "é", "名称", "?", "% ", "@",
  ]

  /// Mutated plans must give a plan or findings with places inside the file, and never stop the program.
  @Test(arguments: [UInt64](1...8))
  func `mutated plans are read or refused`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    for _ in 0..<40 {
      var characters = Array(fullPlan)
      for _ in 0..<Int.random(in: 1...6, using: &dice) {
        let position = Int.random(in: 0..<characters.count, using: &dice)
        switch Int.random(in: 0..<3, using: &dice) {
        case 0: characters.remove(at: position)
        case 1:
          let end = min(characters.count, position + Int.random(in: 1...40, using: &dice))
          characters.removeSubrange(position..<end)
        default: characters.insert(contentsOf: pieces.randomElement(using: &dice) ?? "", at: position)
        }
      }
      let text = String(characters)
      let (loaded, findings) = try PlanFiles(["plan.yaml": text]).load(scenario: "deep_cut")
      if loaded == nil { #expect(findings.hasErrors, "refused without a reason:\n\(text)") }
      let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.count
      for finding in findings.kept {
        #expect((finding.place?.line ?? 1) <= lines + 1, "\(finding.summary) of \(lines) lines")
        #expect((finding.excerpt?.caret ?? 0) <= (finding.excerpt?.text.count ?? 0))
        #expect(!finding.message.isEmpty)
      }
    }
  }
}
