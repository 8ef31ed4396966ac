import Foundation
import Specifications
import Tables
import Testing

@Suite struct FileTests {
  /// The findings of reading a file with these bytes.
  private func findings(of bytes: [UInt8]) throws -> [Diagnostic] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("plan.yaml")
    try Data(bytes).write(to: file)
    var findings = Findings()
    _ = SpecificationDocument.read(file.path, findings: &findings)
    return findings.kept
  }

  @Test func `a file with a byte-order mark and CRLF is read`() throws {
    #expect(try findings(of: [0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: 2\r\n".utf8)).isEmpty)
  }

  @Test func `GB18030 is named with the way to convert it`() throws {
    // 名称: 网络 in GB18030.
    let found = try findings(of: Array("a: 1\n".utf8) + [0xC3, 0xFB, 0xB3, 0xC6, 0x3A, 0x20, 0xCD, 0xF8, 0xC2, 0xE7])
    #expect(found.map(\.code) == [SpecificationCodes.notUTF8])
    #expect(found.first?.place?.line == 2)
    #expect(found.first?.message.contains("GB18030") == true)
    #expect(found.first?.hint?.contains("iconv") == true)
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0x61, 0x3A, 0x20, 0x00], [0x61, 0x3A, 0x20, 0xFF]] as [[UInt8]])
  func `bytes that are no text are refused`(bytes: [UInt8]) throws {
    #expect(try findings(of: bytes).map(\.code) == [SpecificationCodes.notUTF8])
  }

  @Test func `a missing file, a directory and a huge file say so`() throws {
    var found = Findings()
    _ = SpecificationDocument.read("no/such/plan.yaml", findings: &found)
    _ = SpecificationDocument.read(FileManager.default.temporaryDirectory.path, findings: &found)
    #expect(found.kept.map(\.code) == [SpecificationCodes.unreadableFile, SpecificationCodes.unreadableFile])
    #expect(found.kept.map(\.message) == ["no such file", "a directory, not a file"])
    #expect(found.kept.first?.place?.description == "no/such/plan.yaml")
    let huge = try findings(of: Array(repeating: UInt8(ascii: "#"), count: (8 << 20) + 1))
    #expect(huge.first?.message.hasPrefix("larger than 8 MB") == true)
  }
}
