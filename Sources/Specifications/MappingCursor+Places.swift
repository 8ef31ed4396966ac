public import Tables

extension MappingCursor {
  /// The place of a character within a text that was read: `offset` Unicode scalars after its first, which stands after
  /// the opening quote where the text is quoted. A place outside files is returned as it is.
  public func place(_ offset: Int, in text: Located<String>) -> SourcePlace {
    var place = text.place
    guard let number = place.line, let column = place.column, let line = decoder.source.line(number, of: place.file)
    else { return place }
    let first = line.unicodeScalars.dropFirst(column - 1).first
    place.column = column + offset + (first == "\"" || first == "'" ? 1 : 0)
    return place
  }
}
