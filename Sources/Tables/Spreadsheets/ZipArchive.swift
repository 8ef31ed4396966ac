import CZip

/// The parts of a zip archive, read by name; the one place that touches libzip.
final class ZipArchive {
  private let file: FileBytes
  private let archive: OpaquePointer
  /// How many bytes may still be unpacked.
  private var bytesLeft: Int

  /// Opens an archive over the bytes of a file.
  init(_ file: consuming FileBytes, byteLimit: Int) throws(SpreadsheetFailure) {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    let opened = file.withBytes { bytes -> OpaquePointer? in
      guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else { return nil }
      guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
        zip_source_free(source)
        return nil
      }
      return archive
    }
    guard let opened else { throw .damaged(reason: String(cString: zip_error_strerror(&error))) }
    archive = opened
    self.file = file
    bytesLeft = byteLimit
  }

  deinit { zip_discard(archive) }

  /// The number of a part; names are compared without regard to case, as packages demand (ECMA-376 part 2, 6.2.2.3).
  private func index(of part: String) -> UInt64? {
    let index = zip_name_locate(archive, part, UInt32(ZIP_FL_NOCASE))
    return index < 0 ? nil : UInt64(index)
  }

  func has(_ part: String) -> Bool { index(of: part) != nil }

  /// Unpacks a part, handing over piece after piece until `body` returns false.
  func read(
    _ part: String, _ body: (UnsafeRawBufferPointer) throws(SpreadsheetFailure) -> Bool
  ) throws(SpreadsheetFailure) {
    guard let index = index(of: part) else { throw .damaged(reason: "the part `\(part)` is missing") }
    var status = zip_stat_t()
    zip_stat_init(&status)
    if zip_stat_index(archive, index, 0, &status) == 0 {
      if status.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0, status.encryption_method != UInt16(ZIP_EM_NONE) {
        throw .encrypted
      }
      if status.valid & UInt64(ZIP_STAT_SIZE) != 0, status.size > UInt64(max(0, bytesLeft)) { throw .tooManyBytes }
    }
    guard let stream = zip_fopen_index(archive, index, 0) else {
      throw .damaged(reason: "`\(part)`: \(String(cString: zip_strerror(archive)))")
    }
    defer { zip_fclose(stream) }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    defer { room.deallocate() }
    while true {
      let count = zip_fread(stream, room.baseAddress, UInt64(room.count))
      // A wrong checksum is told at the end of the part.
      guard count >= 0 else {
        throw .damaged(reason: "`\(part)`: \(String(cString: zip_error_strerror(zip_file_get_error(stream))))")
      }
      if count == 0 { return }
      bytesLeft -= Int(count)
      guard bytesLeft >= 0 else { throw .tooManyBytes }
      guard try body(UnsafeRawBufferPointer(rebasing: room[..<Int(count)])) else { return }
    }
  }
}
