/// How values stand in a checkpoint: each with a tag, so that a reader finds its end without knowing its type.
///
/// The idea is that of CBOR (RFC 8949), smaller: numbers of fixed width in little-endian order as they lie in memory,
/// whole arrays of numbers as one block, containers without a length and with an end, so that they can be written while
/// they come. Not for exchange: only the version that wrote a checkpoint reads it.
enum CheckpointTag: UInt8 {
  case null, no, yes
  /// Eight bytes.
  case signed, unsigned, double
  /// Four bytes.
  case float
  /// A count in eight bytes, then UTF-8.
  case text
  /// The kind of number, a count in eight bytes, then the numbers.
  case numbers
  /// Values, then `end`.
  case list
  /// Names and values in turn, then `end`.
  case members
  /// A count in two bytes, then UTF-8.
  case name
  case end
}

/// Arrays that are written and read as one block.
enum CheckpointNumber: UInt8 {
  case double, float, int, int64, int32, uint8

  var width: Int {
    switch self {
    case .double, .int, .int64: 8
    case .float, .int32: 4
    case .uint8: 1
    }
  }

  /// The kind of an array type's elements; nil for arrays of anything else, and for other types.
  static func elements(of type: Any.Type) -> CheckpointNumber? {
    if type == [Double].self { return .double }
    if type == [Float].self { return .float }
    if type == [Int].self { return .int }
    if type == [Int64].self { return .int64 }
    if type == [Int32].self { return .int32 }
    if type == [UInt8].self { return .uint8 }
    return nil
  }
}
