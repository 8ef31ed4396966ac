extension MappingCursor {
  /// Reads a list whose items are sections or single values; a single value is read as a section that has it under
  /// `inner`. One item needs no brackets. Empty where the key is absent.
  public mutating func sections<Result>(
    _ key: String, plainAs inner: String, _ body: (inout MappingCursor) -> Result
  ) -> [Result] {
    guard let node = take(key) else { return [] }
    let items: [LocatedNode]
    if case .sequence(let written) = node.content { items = written } else { items = [node] }
    return items.enumerated().map { index, item in
      var item = item
      if case .scalar = item.content {
        item = LocatedNode(
          .mapping([LocatedNode.Entry(key: inner, keyOrigin: item.origin, value: item)]), from: item.origin)
      }
      return section(item, as: "\(key)[\(index + 1)]", body)
    }
  }

  /// Reads a list of values; one value needs no brackets.
  public mutating func oneOrMore<Value>(_ key: String, of format: ScalarFormat<Value>) -> [Located<Value>] {
    shape(of: key) == .list ? list(key, of: format) : read(key, as: format).map { [$0] } ?? []
  }
}
