import Specifications

extension PlanDecoder {
  /// `scenarios:` are patches, applied before anything is decoded; here only their keys are checked.
  func scenarios(_ root: inout MappingCursor) {
    root.section("scenarios") { book in
      for name in book.keys {
        book.section(name) { scenario in
          _ = scenario.read("extends", as: .text)
          scenario.keepSection("set")
        }
      }
    }
  }

  func uncertainties(_ cursor: inout MappingCursor) -> [UncertaintySettings] {
    cursor.keys.compactMap { name in
      cursor.section(name) { section in
        let key = section.require("key", as: .text)
        let low = section.require("low", as: .text)
        let high = section.require("high", as: .text)
        guard let key, let low, let high else { return nil }
        guard let first = key.value.split(separator: ".").first, !PlanSource.reservedKeys.contains(String(first)) else {
          section.report(
            PlanCodes.reservedKey, "an uncertainty cannot change `\(key.value)`", at: section.origin(of: "key"),
            hint: "name a setting, such as demand.east")
          return nil
        }
        return UncertaintySettings(name: name, key: key, low: low, high: high)
      }
    }
  }
}
