/// Writes `Encodable` values in the checkpoint format, to a sink of bytes: memory stays that of one block.
///
/// Values are written in the order in which they come; what a type writes last ends when its parent goes on. Bit
/// patterns of floating-point numbers are kept, payloads of NaN too. Complexity: O(bytes).
final class CheckpointEncoder: Encoder {
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var block: [UInt8] = []
  /// What the sink threw; encoding goes on without writing, and `finish` throws it.
  private var failure: (any Error)?
  /// Containers that are open now.
  fileprivate private(set) var depth = 0
  private static let blockSize = 1 << 16

  /// - Parameter sink: takes the bytes in order.
  init(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.sink = sink
    block.reserveCapacity(Self.blockSize)
  }

  /// The bytes of a value.
  static func bytes(of value: some Encodable) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let encoder = CheckpointEncoder { bytes.append(contentsOf: $0) }
    try encoder.write(value)
    try encoder.finish()
    return bytes
  }

  /// Hands over what is still held.
  func finish() throws {
    flush()
    if let failure { throw failure }
  }

  /// Writes one value with all in it.
  func write<Value: Encodable>(_ value: Value) throws {
    if let failure { throw failure }
    if writeSimply(value) { return }
    let (before, written) = (depth, count)
    try value.encode(to: self)
    // A type that writes nothing at all still is one value.
    if count == written { _ = open(.members) }
    close(to: before)
  }

  /// Numbers, texts, truth values and arrays of numbers, without the detour over containers.
  private func writeSimply<Value: Encodable>(_ value: Value) -> Bool {
    switch value {
    case let value as String: write(value)
    case let value as Double: write(value)
    case let value as Int: write(Int64(value))
    case let value as Bool: tag(value ? .yes : .no)
    case let value as Float:
      tag(.float)
      fixed(value.bitPattern)
    default:
      guard let kind = CheckpointNumber.elements(of: Value.self) else { return false }
      switch kind {
      case .double: numbers(value as? [Double] ?? [], kind)
      case .float: numbers(value as? [Float] ?? [], kind)
      case .int: numbers(value as? [Int] ?? [], kind)
      case .int64: numbers(value as? [Int64] ?? [], kind)
      case .int32: numbers(value as? [Int32] ?? [], kind)
      case .uint8: numbers(value as? [UInt8] ?? [], kind)
      }
    }
    return true
  }

  // MARK: Containers

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Members(encoder: self, depth: open(.members)))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { List(encoder: self, depth: open(.list)) }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

  fileprivate func open(_ container: CheckpointTag) -> Int {
    tag(container)
    depth += 1
    return depth
  }

  /// Ends the containers below one that goes on.
  fileprivate func close(to level: Int) {
    while depth > level {
      tag(.end)
      depth -= 1
    }
  }

  // MARK: Bytes

  /// Bytes written so far.
  private var count = 0

  fileprivate func tag(_ tag: CheckpointTag) {
    block.append(tag.rawValue)
    count += 1
    if block.count >= Self.blockSize { flush() }
  }

  fileprivate func name(_ key: String) {
    tag(.name)
    let bytes = key.utf8.prefix(Int(UInt16.max))
    fixed(UInt16(bytes.count))
    raw(Array(bytes))
  }

  fileprivate func write(_ text: String) {
    tag(.text)
    let bytes = Array(text.utf8)
    fixed(UInt64(bytes.count))
    raw(bytes)
  }

  fileprivate func write(_ value: Double) {
    tag(.double)
    fixed(value.bitPattern)
  }

  fileprivate func write(_ value: Int64) {
    tag(.signed)
    fixed(value)
  }

  fileprivate func write(_ value: UInt64) {
    tag(.unsigned)
    fixed(value)
  }

  private func numbers<Number>(_ values: [Number], _ kind: CheckpointNumber) {
    tag(.numbers)
    fixed(kind.rawValue)
    fixed(UInt64(values.count))
    raw(values)
  }

  private func fixed<Number: FixedWidthInteger>(_ value: Number) {
    withUnsafeBytes(of: value.littleEndian) { block.append(contentsOf: $0) }
    count += MemoryLayout<Number>.size
  }

  private func raw<Number>(_ values: [Number]) {
    values.withUnsafeBytes { bytes in
      count += bytes.count
      guard bytes.count >= Self.blockSize else {
        block.append(contentsOf: bytes)
        return
      }
      flush()
      hand(bytes)
    }
  }

  private func flush() {
    block.withUnsafeBytes { hand($0) }
    block.removeAll(keepingCapacity: true)
  }

  private func hand(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil, !bytes.isEmpty else { return }
    do { try sink(bytes) } catch { failure = error }
  }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let codingPath: [any CodingKey] = []
  let encoder: CheckpointEncoder
  let depth: Int

  private func begin(_ key: some CodingKey) {
    encoder.close(to: depth)
    encoder.name(key.stringValue)
  }

  func encodeNil(forKey key: Key) {
    begin(key)
    encoder.tag(.null)
  }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    begin(key)
    try encoder.write(value)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    begin(key)
    return encoder.container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    begin(key)
    return encoder.unkeyedContainer()
  }

  func superEncoder() -> any Encoder { superEncoder(named: "super") }

  func superEncoder(forKey key: Key) -> any Encoder { superEncoder(named: key.stringValue) }

  private func superEncoder(named name: String) -> any Encoder {
    encoder.close(to: depth)
    encoder.name(name)
    return encoder
  }
}

private struct List: UnkeyedEncodingContainer {
  let codingPath: [any CodingKey] = []
  let encoder: CheckpointEncoder
  let depth: Int
  private(set) var count = 0

  init(encoder: CheckpointEncoder, depth: Int) {
    self.encoder = encoder
    self.depth = depth
  }

  private mutating func begin() {
    encoder.close(to: depth)
    count += 1
  }

  mutating func encodeNil() {
    begin()
    encoder.tag(.null)
  }

  mutating func encode<Value: Encodable>(_ value: Value) throws {
    begin()
    try encoder.write(value)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    begin()
    return encoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    begin()
    return encoder.unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder {
    begin()
    return encoder
  }
}

private struct Single: SingleValueEncodingContainer {
  let codingPath: [any CodingKey] = []
  let encoder: CheckpointEncoder

  func encodeNil() { encoder.tag(.null) }
  func encode(_ value: Bool) { encoder.tag(value ? .yes : .no) }
  func encode(_ value: String) { encoder.write(value) }
  func encode(_ value: Double) { encoder.write(value) }
  func encode(_ value: Float) throws { try encoder.write(value) }
  func encode(_ value: Int) { encoder.write(Int64(value)) }
  func encode(_ value: Int8) { encoder.write(Int64(value)) }
  func encode(_ value: Int16) { encoder.write(Int64(value)) }
  func encode(_ value: Int32) { encoder.write(Int64(value)) }
  func encode(_ value: Int64) { encoder.write(value) }
  func encode(_ value: UInt) { encoder.write(UInt64(value)) }
  func encode(_ value: UInt8) { encoder.write(UInt64(value)) }
  func encode(_ value: UInt16) { encoder.write(UInt64(value)) }
  func encode(_ value: UInt32) { encoder.write(UInt64(value)) }
  func encode(_ value: UInt64) { encoder.write(value) }
  func encode<Value: Encodable>(_ value: Value) throws { try encoder.write(value) }
}
