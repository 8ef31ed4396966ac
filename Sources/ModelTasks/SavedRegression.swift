internal import FoundationEssentials
public import Regression
public import Tables

/// A fitted model in a file: JSON with the same bytes for the same model.
public enum SavedRegression {
  private struct Envelope: Codable {
    var format: String
    var version: Int
    var model: FittedRegression
  }

  private static let format = "sluice regression"
  private static let version = 1

  public static func save(_ fitted: FittedRegression, to path: String) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let envelope = Envelope(format: format, version: version, model: fitted)
    guard let data = try? encoder.encode(envelope) else {
      throw .writeFailed(path: path, reason: "the model cannot be written as JSON")
    }
    try AtomicFile.write(Array(data) + [0x0A], to: path)
  }

  /// - Returns: nil, with a finding, where the file cannot be read or holds something else.
  static func load(_ path: String, findings: inout Findings) -> FittedRegression? {
    guard FileSystem.exists(path) else {
      findings.add(FileError.missing(path: path).diagnostic)
      return nil
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      let envelope = try decoder.decode(Envelope.self, from: try Data(contentsOf: .init(filePath: path)))
      guard envelope.format == format, envelope.version <= version else {
        findings.add(refusal(path, "it was written by a later version"))
        return nil
      }
      return envelope.model
    } catch {
      findings.add(refusal(path, nil))
      return nil
    }
  }

  private static func refusal(_ path: String, _ note: String?) -> Diagnostic {
    Diagnostic(
      ModelTaskCodes.loadedModel, "`\(path)` holds no fitted model", at: SourcePlace(file: path),
      hint: "give a file that `sluice regress … --save FILE` wrote", notes: note.map { [$0] } ?? [])
  }
}
