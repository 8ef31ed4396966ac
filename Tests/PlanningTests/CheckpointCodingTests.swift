import Foundation
import Testing

@testable import Planning

/// Values go through a checkpoint as they are.
@Suite struct CheckpointCodingTests {
  private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
    let bytes = try CheckpointEncoder.bytes(of: value)
    return try bytes.withUnsafeBytes { try CheckpointDecoder.value(Value.self, from: $0) }
  }

  private struct Everything: Codable, Equatable {
    enum Kind: String, Codable { case first, second }
    enum Case: Codable, Equatable {
      case bare
      case one(Int)
      case two(name: String, values: [Double])
    }
    struct Nothing: Codable, Equatable {}

    var yes: Bool
    var whole: Int
    var small: Int8
    var large: UInt64
    var single: Float
    var text: String
    var absent: Double?
    var present: Double?
    var kind: Kind
    var cases: [Case]
    var numbers: [Double]
    var singles: [Float]
    var wholes: [Int64]
    var bytes: [UInt8]
    var nested: [[Double]]
    var gaps: [Int?]
    var names: [String: [Int]]
    var byNumber: [Int: String]
    var range: Range<Int>
    var set: Set<Int>
    var nothing: [Nothing]
  }

  private static func text(_ random: inout some RandomNumberGenerator) -> String {
    let alphabet = Array("aZ09 ,\"\\\n\u{0}é合🙂")
    return String((0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
  }

  private static func everything(_ seed: UInt64) -> Everything {
    var random = SplitMix(state: seed)
    func numbers<Value>(_ body: (inout SplitMix) -> Value) -> [Value] {
      (0..<Int.random(in: 0...40, using: &random)).map { _ in body(&random) }
    }
    let doubles = numbers { Double(Int64.random(in: .min ... .max, using: &$0)) / 1e6 }
    return Everything(
      yes: Bool.random(using: &random), whole: Int.random(in: .min ... .max, using: &random),
      small: Int8.random(in: .min ... .max, using: &random), large: UInt64.random(in: 0 ... .max, using: &random),
      single: Float.random(in: -1e30...1e30, using: &random), text: text(&random), absent: nil,
      present: Bool.random(using: &random) ? 1.5 : nil, kind: Bool.random(using: &random) ? .first : .second,
      cases: [.bare, .one(7), .two(name: text(&random), values: doubles)], numbers: doubles,
      singles: numbers { Float(Int.random(in: -1000...1000, using: &$0)) },
      wholes: numbers { Int64.random(in: .min ... .max, using: &$0) },
      bytes: numbers { UInt8.random(in: 0...255, using: &$0) }, nested: [[], doubles, [0]],
      gaps: numbers { Bool.random(using: &$0) ? nil : Int.random(in: -9...9, using: &$0) },
      names: ["x" + text(&random): [1, 2], "": []], byNumber: [1: "a", 2: text(&random)], range: 3..<9,
      set: Set(numbers { Int.random(in: 0...99, using: &$0) }), nothing: [.init(), .init()])
  }

  @Test(arguments: UInt64(0)..<60) func `any value comes back`(seed: UInt64) throws {
    let value = Self.everything(seed)
    #expect(try roundTrip(value) == value)
    #expect(try roundTrip([value, value]) == [value, value])
  }

  @Test func `every bit pattern of a number is kept`() throws {
    let patterns: [UInt64] = [
      0, 0x8000_0000_0000_0000, 1, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0001,
      0x7FF0_0000_0000_0001, 0xFFFF_FFFF_FFFF_FFFF,
    ]
    let values = patterns.map { Double(bitPattern: $0) }
    #expect(try roundTrip(values).map(\.bitPattern) == patterns)
    // One at a time, and behind an optional.
    for value in values {
      #expect(try roundTrip(value).bitPattern == value.bitPattern)
      #expect(try roundTrip([Optional(value), nil])[0]?.bitPattern == value.bitPattern)
    }
    let singles: [UInt32] = [0, 0x8000_0000, 0x7F80_0001, 0x7FC0_1234, 0xFFFF_FFFF]
    #expect(try roundTrip(singles.map { Float(bitPattern: $0) }).map(\.bitPattern) == singles)
  }

  @Test func `empty and large arrays come back`() throws {
    #expect(try roundTrip([Double]()).isEmpty && roundTrip([String]()).isEmpty && roundTrip([[Int]]()).isEmpty)
    let large = (0..<1_000_000).map { Float($0) }
    #expect(try roundTrip(large) == large)
    let texts = (0..<20_000).map { "P\($0)" }
    #expect(try roundTrip(texts) == texts)
  }

  @Test func `bytes that are cut short or changed are refused and end nothing`() throws {
    let bytes = try CheckpointEncoder.bytes(of: Self.everything(5))
    for length in 0..<bytes.count {
      let cut = Array(bytes[..<length])
      #expect(throws: (any Error).self) {
        try cut.withUnsafeBytes { try CheckpointDecoder.value(Everything.self, from: $0) }
      }
    }
    var random = SplitMix(state: 9)
    for _ in 0..<2000 {
      var changed = bytes
      changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      // Another value or an error; a crash would end the tests.
      _ = try? changed.withUnsafeBytes { try CheckpointDecoder.value(Everything.self, from: $0) }
    }
  }

  @Test func `a value of another type is refused`() throws {
    let bytes = try CheckpointEncoder.bytes(of: ["a": 1.5])
    #expect(throws: DecodingError.self) {
      try bytes.withUnsafeBytes { try CheckpointDecoder.value([String: String].self, from: $0) }
    }
    #expect(throws: DecodingError.self) {
      try bytes.withUnsafeBytes { try CheckpointDecoder.value([Double].self, from: $0) }
    }
  }
}

/// Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
