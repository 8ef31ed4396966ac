import Glibc
import Sluice

/// The two streams: data on the output, everything else on messages.
enum Terminal {
  enum Stream: Int32 {
    case output = 1
    case messages = 2
  }

  static func write(_ text: String, to stream: Stream) { _ = write(Array(text.utf8), to: stream) }

  /// Writes bytes; false where the reader closed its end.
  static func write(_ all: [UInt8], to stream: Stream) -> Bool {
    var bytes = all[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        // A reader that closed its end wants no more.
        return false
      }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) != 0 }

  /// Changes of a file as a diff. Half of them would be neither the file nor what was wanted: where some have no place
  /// on one line, nothing is printed but which.
  static func write(_ edit: SpecificationEdit) throws {
    var findings = Findings()
    for (key, value) in edit.byHand {
      findings.add(
        Diagnostic(
          CommandCodes.noDiff, .error, "`\(key)` has no line of its own in \(edit.file)",
          hint: "write \(value) there by hand, then ask again for the rest"))
    }
    guard !findings.hasErrors else { throw CommandFailure(.badInput, findings) }
    write(edit.unifiedDiff, to: .output)
  }

  /// Notes on the message stream, if there are any.
  static func report(_ notes: [Diagnostic]) {
    guard !notes.isEmpty else { return }
    var findings = Findings()
    for note in notes { findings.add(note) }
    report(findings)
  }

  /// Findings on the message stream.
  static func report(_ findings: Findings) {
    write(DiagnosticRenderer(isColoured: isTerminal(.messages)).text(findings), to: .messages)
  }
}
