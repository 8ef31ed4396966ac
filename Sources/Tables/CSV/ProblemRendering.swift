extension CellProblems {
  /// One finding for each group, in the order of their first cells.
  func findings(in text: SourceText, into findings: inout Findings) {
    let groups = groups.sorted { $0.first.lowerBound < $1.first.lowerBound }
    let lines = text.lines(of: groups.flatMap { [$0.first.lowerBound] + $0.further + ($0.earlier.map { [$0] } ?? []) })
    var next = 0
    for group in groups {
      let line = lines[next]
      let further = zip(group.further, lines[(next + 1)...]).map { text.name($0, line: $1) }
      next += 1 + group.further.count
      var notes: [String] = []
      if group.earlier != nil {
        notes.append(
          "the first row with this key is \(text.placeNoun) \(text.name(group.earlier ?? 0, line: lines[next]))")
        next += 1
      }
      if group.furtherCount > 0 { notes.append(group.furtherNote(further, text.placeNoun)) }
      findings.add(
        Diagnostic(
          group.problem.code, group.message, at: text.place(group.first.lowerBound, line: line),
          excerpt: text.excerpt(group.first), hint: group.problem.hint, notes: notes))
    }
  }
}

extension CellProblems.Group {
  /// `3 more cells in this column have the same problem (lines 1907, 1911, 2044)`
  func furtherNote(_ places: [String], _ noun: String) -> String {
    let things = column.isEmpty ? (furtherCount == 1 ? "row" : "rows") : furtherCount == 1 ? "cell" : "cells"
    let place = column.isEmpty ? "" : " in this column"
    let verb = furtherCount == 1 ? "has" : "have"
    let list = places.joined(separator: ", ") + (furtherCount > places.count ? ", …" : "")
    return
      "\(furtherCount) more \(things)\(place) \(verb) the same problem (\(noun)\(furtherCount == 1 ? "" : "s") \(list))"
  }

  var message: String {
    let shown = "`\(problem.text.count > 40 ? problem.text.prefix(40) + "…" : problem.text)`"
    return switch problem.code {
    case DataCodes.notNumber: "\(shown) is not a number in column `\(column)`"
    case DataCodes.fullWidthNumber: "\(shown) in column `\(column)` is written with full-width digits"
    case DataCodes.thousandsSeparators: "\(shown) in column `\(column)` has thousands separators"
    case DataCodes.notWhole: "\(shown) is not a whole number in column `\(column)`"
    case DataCodes.notMoney: "\(shown) is not an exact amount in column `\(column)`"
    case DataCodes.notPeriod: "\(shown) is not a date or period in column `\(column)`"
    case DataCodes.mixedPeriods: "\(shown) in column `\(column)`\(problem.detail)"
    case DataCodes.notFlag: "\(shown) is neither yes nor no in column `\(column)`"
    case DataCodes.emptyCell: "the cell of required column `\(column)` is empty"
    case DataCodes.notInVocabulary: "\(shown) is not a word that column `\(column)` knows"
    case DataCodes.outOfRange: "\(shown) is out of range in column `\(column)`"
    default: problem.detail
    }
  }
}
