import Planning

/// A word of the report with its meaning, in both languages: what the method card explains and the documentation
/// lists.
struct GlossaryTerm: Sendable {
  let english: String
  let chinese: String
  let meaning: String
  let chineseMeaning: String

  /// The term and its meaning in the current language.
  var term: Term { Language.current == .chinese ? Term(chinese, chineseMeaning) : Term(english, meaning) }

  private init(_ english: String, _ chinese: String, _ meaning: String, _ chineseMeaning: String) {
    (self.english, self.chinese, self.meaning, self.chineseMeaning) = (english, chinese, meaning, chineseMeaning)
  }

  /// In the order in which a reader meets them.
  static let all: [GlossaryTerm] = [
    GlossaryTerm(
      "Range (80 %)", "区间（80%）",
      "Holds the truth in 80 of 100 cases when the past is like the future (prediction interval).",
      "若未来与过去相似，100 次中有 80 次包含真实值（预测区间）。"),
    GlossaryTerm(
      "Expected margin", "预期毛利",
      "The average outcome over what may happen, before the budget itself is paid.",
      "对各种可能结果的平均，未扣除预算本身。"),
    GlossaryTerm(
      "One more yuan earns", "每多一元增益",
      "What the margin gains when a limit is loosened by one unit of money (shadow price, marginal return).",
      "限制放宽一个货币单位时毛利的增加（影子价格、边际回报）。"),
    GlossaryTerm(
      "Held by", "受限于",
      "The limit that keeps a line from taking more or less.",
      "使该项不能再增或再减的限制。"),
    GlossaryTerm(
      "At most … better exists", "最多还能改善 …",
      "No other plan within the same limits can be better by more (optimality gap).",
      "在相同限制下，没有其他方案能比它好得更多（最优性差距）。"),
    GlossaryTerm(
      "Not spent", "未投放",
      "Money for which no line is left where it earns more than it costs, or that caps keep out.",
      "没有去处能使收益超过成本，或被上限挡住的资金。"),
    GlossaryTerm(
      "Reserve", "预备金",
      "The part of the quarter that is kept back.",
      "季度预算中留存的部分。"),
    GlossaryTerm(
      "Value at risk", "风险金额",
      "Chance of leaving × the value of the partner or customer: the expected loss.",
      "流失概率 × 经销商或客户价值，即预期损失。"),
    GlossaryTerm(
      "Cover", "可销天数",
      "Days that the stock lasts at the expected demand.",
      "按预期需求，库存可支撑的天数。"),
    GlossaryTerm(
      "Lower and upper line", "库存上下线",
      "Below the lower line stock is replenished; above the upper it is promoted or moved.",
      "低于下线补货；高于上线促销或调拨。"),
    GlossaryTerm(
      "Slow-moving", "滞销",
      "Stock of a product that sold nothing for the days that the plan names.",
      "在计划规定的天数内没有售出的产品库存。"),
    GlossaryTerm(
      "Scaled error", "标度误差",
      "Error divided by that of repeating the same period of the year before (MASE); below 1 is better.",
      "误差除以照搬上年同期的误差（MASE）；小于 1 更好。"),
  ]

  /// The page of the documentation.
  static var page: String {
    """
    # Glossary

    What the report's words mean, in English and Chinese.

    ## Overview

    One glossary serves the report, the workbook and this page: `--lang zh` writes the second column. Findings and
    error messages stay in English; their codes are the same in every language. Ids, names and figures are never
    translated; a number in 万 or 亿 is the number that the English page writes in thousands or M.

    | English | Chinese | Meaning |
    | --- | --- | --- |

    """ + all.map { "| \($0.english) | \($0.chinese) | \($0.meaning) |\n" }.joined()
  }
}
