extension Chinese {
  /// Partners and customers: health, probation, exits, churn.
  static let partnerPhrases: [String: String] = [
    "Partners": "经销商",
    "Whom to grow, whom to leave?": "扶持谁，放弃谁？",
    "{}, {}: health {}, potential {}, {}": "{}，{}：健康度 {}，潜力 {}，{}",
    "Health and potential": "健康度与潜力",
    "Health and potential of partners": "经销商健康度与潜力",
    "health score": "健康度得分",
    "potential": "潜力",
    "the largest partners": "最大的经销商",
    "from {} to {}: {}": "从{}到{}：{}",
    "Who moved on the map": "谁的位置变了",
    "Rows: the quarter before; columns: now.": "行：上一季度；列：现在。",
    "Moves on the map": "位置变动",
    "Partners by where they were and are.": "按变动前后位置统计的经销商。",
    "On probation": "考察期",
    "No partner missed the same baseline twice in a row in {}.": "{} 没有经销商连续两次低于同一基线。",
    "{} in {}: the same indicator was below its baseline in two quarters running.": "{2} 有 {1}：同一指标连续两个季度低于基线。",
    "partners on probation": "考察期经销商",
    "What an exit would cost": "退出的代价",
    "Priced before it is decided; amounts in {}.": "决定前先测算；金额单位：{}。",
    "exit cases": "退出测算",
    "every line of the exit cases": "退出测算明细",
    "Candidates": "候选商",
    "{} of {} pass every rule.": "{2}中有 {1} 个通过全部规则。",
    "candidates": "候选商",
    "Churn and value": "流失与价值",
    "Whom do we risk losing?": "可能失去谁？",
    "{} of {} are expected to leave, with {} {} of value at risk (chance × value).":
      "{2}中预计流失 {1} 个，风险金额 {3} {4}（概率 × 价值）。",
    "What goes with leaving": "与流失相关的因素",
    "An odds ratio of 2 doubles the odds of leaving; below 1 protects.": "优势比为 2 表示流失几率翻倍；小于 1 表示有保护作用。",
    "terms of the model": "模型各项",
    "The {} with most to lose": "风险金额最大的{}",
    "These {} hold {} of the value at risk; {} comes first with {} {}.": "这 {} 个占风险金额的 {}；居首的 {} 为 {} {}。",
    "Chance of leaving, with its range": "流失概率及区间",
    "Chance of leaving of the {} with most to lose": "风险金额最大的{}的流失概率",
    "{} with most to lose": "风险金额最大的{}",
    "chance": "概率",
    "value, {}": "价值（{}）",
    "value at risk": "风险金额",
    "value at risk, {}": "风险金额（{}）",
    "main reason": "主要原因",
    "Where acting pays": "值得行动之处",
    """
    {} interventions are expected to save {} {} more than they cost: chance of leaving × share kept × \
    value − cost. The share kept is an assumption of the plan; only a test with a control group can \
    measure it.
    """: "{} 项干预预计净挽回 {} {}：流失概率 × 挽留比例 × 价值 − 成本。挽留比例是计划的假设，只有设对照组的试验才能测量。",
    "who": "对象",
    "share kept": "挽留比例",
    "cost": "成本",
    "where acting pays": "值得行动之处",
    "How good the chances of {} are": "{}流失概率的准确程度",
    "foreseen {}, left {} of {}": "预计 {1}，{3} 个中实际流失 {2}",
    "On the dashed line, as many left as was foreseen.": "落在虚线上表示实际流失与预计相同。",
    "Foreseen and observed share of {} that left": "{}流失比例：预计与实际",
    "foreseen": "预计",
    "left, %": "流失（%）",
    "foreseen and observed by group": "分组的预计与实际",
    "Judged on {} cases, of which {} left.": "以 {} 个样本检验，其中流失 {} 个。",
    "Judged on {} cases, of which {} left ({}).": "以 {} 个样本检验，其中流失 {} 个（{}）。",
    """
    Of one that left and one that stayed, the model gives the higher chance to the one that left in {} \
    of pairs (50 % would be guessing): hardly better than guessing.
    """: "任取一个流失者和一个留存者，模型在 {} 的配对中给流失者更高的概率（50% 相当于猜测）：几乎不比猜测好。",
    """
    Of one that left and one that stayed, the model gives the higher chance to the one that left in {} \
    of pairs (50 % would be guessing).
    """: "任取一个流失者和一个留存者，模型在 {} 的配对中给流失者更高的概率（50% 相当于猜测）。",
    "too extreme": "过于极端",
    "too timid": "过于保守",
    "about right": "大致准确",
    "Its chances are {} (calibration slope {}, 1 is right; Brier score {}).":
      "其概率{}（校准斜率 {}，1 为准确；Brier 得分 {}）。",
    "churn": "流失",
    "looked at": "考察数",
    "expected to leave": "预计流失",
    "chance above 50 %": "概率高于 50%",
  ]
}
