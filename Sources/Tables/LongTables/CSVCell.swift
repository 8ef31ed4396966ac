/// Single cells as text, for writers of long tables.
package enum CSVCell {
  /// A text, quoted where it must be and guarded against being run as a formula.
  package static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: CSVWriter.escaped(text))
  }

  /// A name. One that is a number, such as -7, is no formula and stays as it is.
  package static func append(name: String, to bytes: inout [UInt8]) {
    let isNumber = Array(name.utf8).withUnsafeBufferPointer { NumberParsing.real($0, mark: UInt8(ascii: ".")) } != nil
    if isNumber { bytes.append(contentsOf: name.utf8) } else { append(name, to: &bytes) }
  }

  /// A number to twelve significant digits, without an exponent for everyday magnitudes; empty where it is not finite.
  package static func append(_ value: Double, to bytes: inout [UInt8]) {
    guard value.isFinite else { return }
    let size = value.magnitude
    guard size >= 1e-6, size < 1e12 else {
      bytes.append(contentsOf: size == 0 ? [UInt8(ascii: "0")] : Array(value.written.utf8))
      return
    }
    // 1. As a whole number of twelve digits and a power of ten.
    var decimals = 0
    while decimals < 17, size * powers[decimals] < 1e11 { decimals += 1 }
    var digits = UInt64((size * powers[decimals]).rounded())
    // 2. Without the zeros at the end of the fraction.
    while decimals > 0, digits % 10 == 0 {
      digits /= 10
      decimals -= 1
    }
    // 3. Digits from the last to the first.
    if value < 0, digits > 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    var place = 0
    while digits > 0 || place <= decimals {
      if place == decimals, place > 0 { bytes.append(UInt8(ascii: ".")) }
      bytes.append(UInt8(ascii: "0") + UInt8(digits % 10))
      digits /= 10
      place += 1
    }
    bytes[start...].reverse()
  }

  /// 10⁰ … 10¹⁷; those up to 10²² are exact.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  ]
}

/// A text file that appears whole or not at all, compressed where its name ends in `.gz`.
package struct TextFileWriter: ~Copyable {
  private var file: AtomicFile
  private var gzip: GzipWriter?
  private let path: String

  package init(path: String) throws(FileError) {
    self.path = path
    file = try AtomicFile(path: path)
    gzip = path.hasSuffix(".gz") ? GzipWriter() : nil
  }

  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    guard gzip != nil else { return try file.append(bytes) }
    try append(compressing: bytes, isLast: false)
  }

  private mutating func append(compressing bytes: [UInt8], isLast: Bool) throws(FileError) {
    guard let compressed = gzip?.compress(bytes, isLast: isLast) else {
      throw .writeFailed(path: path, reason: "zlib has not enough memory")
    }
    try file.append(compressed)
  }

  package consuming func commit() throws(FileError) {
    if gzip != nil { try append(compressing: [], isLast: true) }
    try file.commit()
  }
}
