/// Reads `Decodable` values in the checkpoint format, from bytes that are mapped rather than copied.
///
/// Members are looked for after the one that was read last first, so that a type that reads in the order in which it
/// wrote takes one pass. What does not fit throws a `DecodingError`; no length in the bytes is trusted beyond their end.
/// Complexity: O(bytes × depth).
struct CheckpointDecoder: Decoder {
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]
  fileprivate let reader: CheckpointReader
  /// Where the value begins.
  fileprivate let start: Int

  /// The value at the start of `bytes`, which must hold nothing else.
  static func value<Value: Decodable>(_ type: Value.Type, from bytes: UnsafeRawBufferPointer) throws -> Value {
    let reader = CheckpointReader(bytes: bytes)
    guard try reader.end(of: 0) == bytes.count else { throw CheckpointReader.damaged("bytes after the value") }
    return try reader.value(type, at: 0)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(try Members(reader, at: start))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try List(reader, at: start) }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(reader: reader, start: start) }
}

/// Finds values in bytes, and reads the simple ones.
private struct CheckpointReader {
  let bytes: UnsafeRawBufferPointer

  /// Containers inside containers that are followed: more than any type here nests.
  private static let deepest = 100

  static func damaged(_ what: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: [], debugDescription: "a checkpoint is damaged: \(what)"))
  }

  func tag(at place: Int) throws -> CheckpointTag {
    guard place < bytes.count, let tag = CheckpointTag(rawValue: bytes[place]) else {
      throw Self.damaged("no value at \(place)")
    }
    return tag
  }

  private func fixed<Number: FixedWidthInteger>(_ type: Number.Type, at place: Int) throws -> Number {
    guard place >= 0, place <= bytes.count - MemoryLayout<Number>.size else { throw Self.damaged("it ends early") }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: type))
  }

  /// `count` items of `width` bytes from `place` on, if they are there.
  private func range(at place: Int, count: UInt64, width: Int) throws -> Range<Int> {
    guard place <= bytes.count, count <= UInt64((bytes.count - place) / width) else {
      throw Self.damaged("it ends early")
    }
    return place..<place + Int(count) * width
  }

  /// The place behind a value.
  func end(of place: Int, depth: Int = 0) throws -> Int {
    guard depth < Self.deepest else { throw Self.damaged("values inside values without end") }
    switch try tag(at: place) {
    case .null, .no, .yes: return place + 1
    case .signed, .unsigned, .double: return try range(at: place + 1, count: 8, width: 1).upperBound
    case .float: return try range(at: place + 1, count: 4, width: 1).upperBound
    case .text: return try textRange(at: place).upperBound
    case .numbers: return try numberRange(at: place).range.upperBound
    case .list:
      var next = place + 1
      while try tag(at: next) != .end { next = try end(of: next, depth: depth + 1) }
      return next + 1
    case .members:
      var next = place + 1
      while let name = try nameRange(at: next) { next = try end(of: name.upperBound, depth: depth + 1) }
      return next + 1
    case .name, .end: throw Self.damaged("no value at \(place)")
    }
  }

  /// Where the name of a member stands; nil behind the last.
  func nameRange(at place: Int) throws -> Range<Int>? {
    switch try tag(at: place) {
    case .end: return nil
    case .name: return try range(at: place + 3, count: UInt64(fixed(UInt16.self, at: place + 1)), width: 1)
    default: throw Self.damaged("a member without a name at \(place)")
    }
  }

  private func textRange(at place: Int) throws -> Range<Int> {
    try range(at: place + 9, count: fixed(UInt64.self, at: place + 1), width: 1)
  }

  private func numberRange(at place: Int) throws -> (kind: CheckpointNumber, range: Range<Int>) {
    guard let kind = CheckpointNumber(rawValue: try fixed(UInt8.self, at: place + 1)) else {
      throw Self.damaged("numbers of no kind at \(place)")
    }
    return (kind, try range(at: place + 10, count: fixed(UInt64.self, at: place + 2), width: kind.width))
  }

  // MARK: Values

  func value<Value: Decodable>(_ type: Value.Type, at place: Int) throws -> Value {
    let found: Any?
    if type == String.self {
      found = try text(at: place)
    } else if type == Double.self {
      found = try double(at: place)
    } else if type == Float.self {
      found = try float(at: place)
    } else if type == Int.self {
      found = try integer(Int.self, at: place)
    } else if type == Bool.self {
      found = try truth(at: place)
    } else if let kind = CheckpointNumber.elements(of: type) {
      switch kind {
      case .double: found = try numbers(Double.self, kind, at: place)
      case .float: found = try numbers(Float.self, kind, at: place)
      case .int: found = try numbers(Int.self, kind, at: place)
      case .int64: found = try numbers(Int64.self, kind, at: place)
      case .int32: found = try numbers(Int32.self, kind, at: place)
      case .uint8: found = try numbers(UInt8.self, kind, at: place)
      }
    } else {
      return try Value(from: CheckpointDecoder(reader: self, start: place))
    }
    guard let value = found as? Value else { throw Self.damaged("another type at \(place)") }
    return value
  }

  func text(at place: Int) throws -> String {
    guard try tag(at: place) == .text else { throw Self.damaged("no text at \(place)") }
    return String(decoding: bytes[try textRange(at: place)], as: UTF8.self)
  }

  func double(at place: Int) throws -> Double {
    guard try tag(at: place) == .double else { throw Self.damaged("no number at \(place)") }
    return Double(bitPattern: try fixed(UInt64.self, at: place + 1))
  }

  func float(at place: Int) throws -> Float {
    guard try tag(at: place) == .float else { throw Self.damaged("no number at \(place)") }
    return Float(bitPattern: try fixed(UInt32.self, at: place + 1))
  }

  func truth(at place: Int) throws -> Bool {
    switch try tag(at: place) {
    case .yes: return true
    case .no: return false
    default: throw Self.damaged("neither yes nor no at \(place)")
    }
  }

  func integer<Number: FixedWidthInteger>(_ type: Number.Type, at place: Int) throws -> Number {
    let value: Number? =
      switch try tag(at: place) {
      case .signed: Number(exactly: try fixed(Int64.self, at: place + 1))
      case .unsigned: Number(exactly: try fixed(UInt64.self, at: place + 1))
      default: nil
      }
    guard let value else { throw Self.damaged("no whole number at \(place)") }
    return value
  }

  private func numbers<Number>(_ type: Number.Type, _ kind: CheckpointNumber, at place: Int) throws -> [Number] {
    guard try tag(at: place) == .numbers else { throw Self.damaged("no numbers at \(place)") }
    let (found, range) = try numberRange(at: place)
    guard found == kind else { throw Self.damaged("numbers of another kind at \(place)") }
    let count = range.count / kind.width
    return [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
      initialized = count
    }
  }
}

/// Members of a value by name. A class, because it remembers where it reads next.
private final class Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let codingPath: [any CodingKey] = []
  private let reader: CheckpointReader
  private let first: Int
  /// Where the next name stands.
  private var next: Int

  init(_ reader: CheckpointReader, at place: Int) throws {
    guard try reader.tag(at: place) == .members else { throw CheckpointReader.damaged("no members at \(place)") }
    self.reader = reader
    first = place + 1
    next = first
  }

  var allKeys: [Key] {
    var keys: [Key] = []
    var place = first
    while let name = try? reader.nameRange(at: place), let end = try? reader.end(of: name.upperBound) {
      if let key = Key(stringValue: String(decoding: reader.bytes[name], as: UTF8.self)) { keys.append(key) }
      place = end
    }
    return keys
  }

  func contains(_ key: Key) -> Bool { (try? find(key.stringValue)) != nil }

  /// Where the value of a member stands; nil where there is none. Looks behind the last one first, then from the start.
  private func find(_ key: String) throws -> Int? {
    var place = next
    var hasTurned = place == first
    while true {
      guard let name = try reader.nameRange(at: place) else {
        if hasTurned { return nil }
        hasTurned = true
        place = first
        continue
      }
      if reader.bytes[name].elementsEqual(key.utf8) {
        // A value that is looked at twice (is it there, is it null, what is it) is found at once each time.
        next = place
        return name.upperBound
      }
      place = try reader.end(of: name.upperBound)
    }
  }

  private func place(of key: Key) throws -> Int {
    guard let place = try find(key.stringValue) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "a checkpoint lacks it"))
    }
    return place
  }

  func decodeNil(forKey key: Key) throws -> Bool { try reader.tag(at: place(of: key)) == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try reader.value(type, at: place(of: key))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    KeyedDecodingContainer(try Members<Nested>(reader, at: place(of: key)))
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try List(reader, at: place(of: key))
  }

  func superDecoder() throws -> any Decoder {
    guard let place = try find("super") else { throw CheckpointReader.damaged("no member `super`") }
    return CheckpointDecoder(reader: reader, start: place)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    CheckpointDecoder(reader: reader, start: try place(of: key))
  }
}

private struct List: UnkeyedDecodingContainer {
  let codingPath: [any CodingKey] = []
  private let reader: CheckpointReader
  private var place: Int
  private(set) var currentIndex = 0

  init(_ reader: CheckpointReader, at place: Int) throws {
    guard try reader.tag(at: place) == .list else { throw CheckpointReader.damaged("no list at \(place)") }
    self.reader = reader
    self.place = place + 1
  }

  /// Not known before the end is reached.
  var count: Int? { nil }
  var isAtEnd: Bool { ((try? reader.tag(at: place)) ?? .end) == .end }

  private mutating func pass() throws -> Int {
    let own = place
    place = try reader.end(of: own)
    currentIndex += 1
    return own
  }

  mutating func decodeNil() throws -> Bool {
    guard try reader.tag(at: place) == .null else { return false }
    _ = try pass()
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try reader.value(type, at: pass())
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    KeyedDecodingContainer(try Members<Nested>(reader, at: pass()))
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try List(reader, at: pass()) }

  mutating func superDecoder() throws -> any Decoder { CheckpointDecoder(reader: reader, start: try pass()) }
}

private struct Single: SingleValueDecodingContainer {
  let codingPath: [any CodingKey] = []
  let reader: CheckpointReader
  let start: Int

  func decodeNil() -> Bool { (try? reader.tag(at: start)) == .null }
  func decode(_ type: Bool.Type) throws -> Bool { try reader.truth(at: start) }
  func decode(_ type: String.Type) throws -> String { try reader.text(at: start) }
  func decode(_ type: Double.Type) throws -> Double { try reader.double(at: start) }
  func decode(_ type: Float.Type) throws -> Float { try reader.float(at: start) }
  func decode(_ type: Int.Type) throws -> Int { try reader.integer(type, at: start) }
  func decode(_ type: Int8.Type) throws -> Int8 { try reader.integer(type, at: start) }
  func decode(_ type: Int16.Type) throws -> Int16 { try reader.integer(type, at: start) }
  func decode(_ type: Int32.Type) throws -> Int32 { try reader.integer(type, at: start) }
  func decode(_ type: Int64.Type) throws -> Int64 { try reader.integer(type, at: start) }
  func decode(_ type: UInt.Type) throws -> UInt { try reader.integer(type, at: start) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try reader.integer(type, at: start) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try reader.integer(type, at: start) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try reader.integer(type, at: start) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try reader.integer(type, at: start) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try reader.value(type, at: start) }
}
