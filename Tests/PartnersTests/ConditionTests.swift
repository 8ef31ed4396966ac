import Probability
import Testing

@testable import Partners

@Suite("Conditions of alert rules")
struct ConditionTests {
  @Test(
    "precedence and brackets, as a tree",
    arguments: [
      ("orders < 0.6 * forecast.p50", "(orders < (0.6 * forecast.p50))"),
      ("quarters_below >= 2", "(quarters_below >= 2)"),
      ("orders + 1 * 2 - 3 > 0", "(((orders + (1 * 2)) - 3) > 0)"),
      ("orders / 2 / 3 == -1", "(((orders / 2) / 3) == (-1))"),
      ("(orders + 1) * 2 != sell_out", "(((orders + 1) * 2) != sell_out)"),
      ("score < 40 or score < 60 and complaints > 3", "((score < 40) or ((score < 60) and (complaints > 3)))"),
      ("not score < 40 and complaints > 3", "((not (score < 40)) and (complaints > 3))"),
      ("not (score < 40 and complaints > 3)", "(not ((score < 40) and (complaints > 3)))"),
      ("not not score < 40", "(not (not (score < 40)))"),
      ("change(orders, 3) < -30 %", "(change(orders, 3) < (-0.3))"),
      ("mean(orders - sell_out, 12) > 2e2", "(mean((orders - sell_out), 12) > 200)"),
      ("abs(orders - forecast.p50) >= max(orders, 6)", "(abs((orders - forecast.p50)) >= max(orders, 6))"),
      ("- -orders<.5", "((-(-orders)) < 0.5)"),
    ])
  func trees(text: String, tree: String) throws {
    let condition = try Condition(text)
    #expect(condition.description == tree)
    // What is printed is read back as the same tree.
    #expect(try Condition(condition.description) == condition)
  }

  @Test(
    "errors name their place",
    arguments: [
      ("orders < 0.6 * forecst.p50", 15, 11, "did you mean `forecast.p50`?"),
      ("ordrs < 1", 0, 5, "did you mean `orders`?"),
      ("orders < ", 9, 1, "a number, a name or a bracket is expected"),
      ("orders = 1", 7, 1, "write `==`"),
      ("orders < 1 && score < 2", 11, 1, "write `and`"),
      ("(orders < 1", 11, 1, "`)` is expected before `the end`"),
      ("orders < 1)", 10, 1, "join conditions with `and` or `or`"),
      ("orders", 0, 6, "compare it: `… > 0`"),
      ("orders and score < 1", 0, 6, "compare it: `… > 0`"),
      ("1 < orders < 2", 11, 1, "write `a < b and b < c`"),
      ("(orders < 1) + 2 > 0", 0, 1, "take the comparison out of the arithmetic"),
      ("maen(orders, 3) > 1", 0, 4, "did you mean `mean`?"),
      ("mean(orders, 3.5) > 1", 13, 3, nil),
      ("mean(orders) > 1", 11, 1, "`,` is expected before `)`"),
      ("orders < 1.2.3", 9, 5, "write it like 0.6, 60 % or 1200"),
      ("订单 < 1", 0, 2, nil),
    ] as [(String, Int, Int, String?)])
  func errors(text: String, offset: Int, length: Int, hint: String?) {
    let problem = #expect(throws: Condition.Problem.self) { try Condition(text) }
    #expect(problem?.offset == offset && problem?.length == length)
    if let hint { #expect(problem?.hint == hint) }
  }

  @Test("no text makes the parser fail in another way, and nesting is bounded")
  func garbage() {
    var stream = RandomStream(seed: 3)
    let words = ["orders", "score", "(", ")", "<", "and", "or", "not", "1", "%", ",", "mean", "-", "*", "é", "\u{0}"]
    for _ in 0..<2000 {
      let text = (0..<8).map { _ in words[stream.index(below: words.count)] }.joined(separator: " ")
      if let condition = try? Condition(text) { #expect((try? Condition(condition.description)) == condition) }
    }
    #expect(throws: Condition.Problem.self) { try Condition(String(repeating: "(", count: 500) + "1") }
    #expect(throws: Condition.Problem.self) { try Condition(String(repeating: "- ", count: 500) + "1 < 2") }
    #expect(throws: Condition.Problem.self) { try Condition(String(repeating: "1", count: 3000)) }
  }

  /// Two subjects, four months.
  private static let seen: AlertObservations = {
    var seen = AlertObservations(subjects: ["partner:A", "partner:B"], monthCount: 4)
    seen[.orders] = [10, 20, .nan, 5, 0, 4, 4, 8]
    seen[.sellOut] = [10, 10, 10, 10, 0, 0, 0, 0]
    return seen
  }()

  private static func values(_ text: String) throws -> [Double?] {
    try Condition(text).holds(in: seen).map { $0.isNaN ? nil : $0 }
  }

  @Test("what is missing makes a condition unknown, unless the rest decides")
  func unknown() throws {
    #expect(try Self.values("orders > 9") == [1, 1, nil, 0, 0, 0, 0, 0])
    #expect(try Self.values("not orders > 9") == [0, 0, nil, 1, 1, 1, 1, 1])
    #expect(try Self.values("orders > 9 and sell_out > 99") == [0, 0, 0, 0, 0, 0, 0, 0])
    #expect(try Self.values("orders > 9 and sell_out > 5") == [1, 1, nil, 0, 0, 0, 0, 0])
    #expect(try Self.values("orders > 9 or sell_out > 5") == [1, 1, 1, 1, 0, 0, 0, 0])
    #expect(try Self.values("orders > 9 or sell_out > 99") == [1, 1, nil, 0, 0, 0, 0, 0])
    #expect(try Self.values("score < 1") == [nil, nil, nil, nil, nil, nil, nil, nil])
    #expect(try Self.values("orders / sell_out >= 1") == [1, 1, nil, 0, nil, nil, nil, nil])
  }

  @Test("windows look back within one subject, and are unknown before its first month")
  func windows() throws {
    #expect(try Self.values("change(orders, 1) >= 1") == [nil, 1, nil, nil, nil, nil, 0, 1])
    #expect(try Self.values("sum(orders, 2) == 30") == [nil, 1, nil, nil, nil, 0, 0, 0])
    #expect(try Self.values("mean(sell_out, 4) == 10") == [nil, nil, nil, 1, nil, nil, nil, 0])
    #expect(try Self.values("min(orders, 2) < max(orders, 2)") == [nil, 1, nil, nil, nil, 1, 0, 1])
    #expect(try Self.values("mean(orders, 9) > 0") == [nil, nil, nil, nil, nil, nil, nil, nil])
  }

  @Test("every name can be used, and means something")
  func vocabulary() throws {
    for quantity in AlertQuantity.allCases {
      #expect(try Condition("\(quantity.rawValue) > 0").quantities == [quantity])
      #expect(!quantity.meaning.isEmpty)
    }
  }
}
