/// What a label says about its row or column: a sum of others, or figures that are worked out from them.
enum TotalWord {
  /// The sum of the parts before it: 小计, subtotal.
  case subtotal
  /// The sum of all: 合计, 总计, total.
  case total
  /// Shares, averages, growth: 占比, 平均, YoY.
  case derived

  private static let subtotals: Set<String> = ["小计", "subtotal", "sub-total"]
  private static let totals: Set<String> = [
    "合计", "总计", "总合计", "总和", "总数", "共计", "总额", "汇总", "全年", "全年合计", "年度合计", "年合计", "total", "totals", "grandtotal",
    "sum",
    "fullyear", "ytd", "累计", "all",
  ]
  private static let derivedWords: Set<String> = [
    "占比", "比例", "比重", "百分比", "平均", "均值", "月均", "同比", "环比", "增长率", "增幅", "完成率", "达成率", "share", "average", "avg",
    "mean", "yoy", "mom", "growth",
  ]

  /// The meaning of a label that is such a word and nothing else: blanks and colons aside, `合 计：` too.
  init?(_ label: some StringProtocol) {
    let plain = Self.plain(label)
    guard plain.count <= 12 else { return nil }
    if Self.subtotals.contains(plain) {
      self = .subtotal
    } else if Self.totals.contains(plain) && plain != "all" {
      self = .total
    } else if Self.derivedWords.contains(plain) {
      self = .derived
    } else {
      return nil
    }
  }

  /// Whether a name ends or begins with a word for a sum: `华东小计`, `Total East`. Such a name may be a true name, so
  /// that the figures decide.
  static func isCompound(_ label: some StringProtocol) -> Bool {
    guard label.count <= 40 else { return false }
    let plain = Self.plain(label)
    if ["小计", "合计", "总计"].contains(where: plain.hasSuffix) { return true }
    let words = label.lowercased().split { !$0.isLetter }
    return words.count > 1 && ["total", "subtotal"].contains { words.first == $0[...] || words.last == $0[...] }
  }

  private static func plain(_ label: some StringProtocol) -> String {
    label.lowercased().filter { !$0.isWhitespace && !":：\u{3000}()（）".contains($0) }
  }
}
