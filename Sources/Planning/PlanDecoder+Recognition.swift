import Specifications

extension PlanDecoder {
  /// Reads the keys of `incentives:` that belong to recognition; the others are read by `incentives`.
  func recognition(_ cursor: inout MappingCursor, _ settings: inout RecognitionSettings) {}
}
