/// Named inputs, supply, reserves and what scenarios do to whom.
extension Chinese {
  static let inputLabels: [String: String] = [
    "Units planned for the next {} periods": "未来 {} 期计划销量",
    "Revenue planned for the next {} periods": "未来 {} 期计划收入",
    "Margin planned for the next {} periods": "未来 {} 期计划毛利",
    "Share of demand that is filled from stock": "现货满足率",
    "Sales lost for lack of stock in the planned periods": "计划期内缺货损失的销售额",
    "Periods until supply is back to normal everywhere": "供应全面恢复所需期数",
    "What a second supplier is worth at best, net of its premium": "备用供应商的最大价值（扣除溢价）",
    "Reserve that a year's losses stay within at {} %": "以 {}% 的概率覆盖全年损失所需的准备金",
    "Chance that the reserve of {} suffices": "准备金 {} 足够的概率",
    "Partners expected to run out of money within a year": "预计一年内资金断裂的伙伴数",
    "Partners expected to run out of money, where losses are shared": "实行风险共担时预计资金耗尽的经销商",
    "What sharing losses is expected to cost": "风险共担的预期成本",
  ]

  static let inputWords: [String: String] = [
    "maker": "厂商", "dealers": "经销商", "consumers": "消费者", "winner": "受益", "loser": "受损", "same": "不变",
    "price_gain": "价格带来的收益", "units_missed": "未满足的数量", "credit_loss": "信用损失",
  ]
}
