extension Chinese {
  /// Earlier runs held against this one.
  static let earlier: [String: String] = [
    "Since {}": "自 {} 以来", "{} since {}": "自 {2} 以来 {1}", "unchanged since {}": "自 {} 以来不变",
    "All {} key figures are as they were.": "全部 {} 项关键指标没有变化。",
    "{} of {} key figures moved; those that moved most come first.": "{2} 项关键指标中有 {1} 项变动，变动最大的排在前面。",
    "moved": "变动", "the figures that moved most": "变动最大的指标", "all key figures, then and now": "全部关键指标：当时与现在",
    "What {} promised, and what came": "{} 的承诺与实际",
    "Sums over all regions, of the periods that have passed since.": "各区域合计，只含此后已过去的期间。",
    "promised against realised by period": "各期的承诺与实现",
    "What earlier runs forecast, and what came": "以往运行的预测与实际",
    "observed, {}: {} {}": "实际，{}：{} {}", "Forecasts of earlier runs and observed sales": "以往运行的预测与实际销售",
    "how forecasts of earlier runs did, by region": "以往运行的预测表现（按区域）",
    "The forecast of {} for {} missed by {} of what was sold (bias {})": "{} 对 {} 的预测误差为实际销量的 {}（偏差 {}）",
    "repeating the last year would have missed by {}": "照搬去年的误差为 {}",
    "Its 80 % range held {} of {}.": "其 80% 区间覆盖了 {2}中的 {1} 期。",
    "periods": "期数", "forecast missed by": "预测误差", "bias": "偏差",
    "repeating the last year missed by": "照搬去年的误差", "in the 80 % range": "落在 80% 区间内",
  ]
}
