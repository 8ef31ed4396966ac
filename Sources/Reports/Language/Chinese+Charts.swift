extension Chinese {
  /// The charts of targets, partners, incentives, stock, credit, churn and value.
  static let sectionCharts: [String: String] = [
    "{}: {} expected of {}, chance {}": "{}：目标 {3}，预计 {2}，达成概率 {4}", "Expected against target, {}": "{}预计与目标",
    "{} of {} {} are expected, {}; {} of {} regions stay below their target.":
      "目标 {2} {3}，预计 {1}，达成 {4}；{6} 个区域中有 {5} 个低于目标。",
    "expected, at or above target": "预计，达到目标", "expected, below target": "预计，低于目标", "target": "目标",
    "Expected revenue and target by region": "各区域预计收入与目标",
    "targets and expectations of the year by region": "各区域年度目标与预计",
    "chance {} to {} %: {} with targets of {} {}": "概率 {}–{}%：{}，目标合计 {} {}",
    "How likely partners reach their target of {}": "伙伴达成{}目标的概率",
    "{} of {} will more likely miss it; their targets are {} of the sum.": "{2}中有 {1} 个大概率完不成，其目标占合计的 {3}。",
    "Partners by their chance of reaching the target": "按达成概率的伙伴分布", "{} of {} below one half.": "{2} 个中有 {1} 个低于一半。",
    "chance of reaching the target": "达成目标的概率", "partners": "伙伴",
    "the largest targets that will more likely be missed": "大概率完不成的最大目标",
    "{}, {}: health {}, potential {}, sales {} {}, {}": "{}，{}：健康度 {}，潜力 {}，销售额 {} {}，{}",
    "Health and potential": "健康度与潜力", "{}. Those to leave hold {} of sales.": "{}。拟退出者占销售额 {}。",
    "The larger the bubble, the larger the partner’s sales; the lines are the thresholds of the plan.":
      "气泡越大，伙伴销售额越大；线为方案的阈值。",
    "The 300 largest are bubbles, the others are counted in the squares behind them.": "最大的 300 个画为气泡，其余计入背景方格。",
    "Health and potential of partners": "伙伴健康度与潜力", "health score": "健康度得分", "potential": "潜力",
    "the largest partners": "最大的伙伴", "no grade": "无等级", "from {} to {}: {}": "从{}到{}：{}",
    "Who moves between grades": "等级迁移",
    "{} rise, {} stay and {} fall from {} on. Rows: the grade before; columns: the new one; orange falls, blue stays, green rises.":
      "自{4}起，{1} 个升级，{2} 个不变，{3} 个降级。行：原等级；列：新等级；橙色降级，蓝色不变，绿色升级。",
    "Moves between grades": "等级迁移", "Partners by the grade before and the new one.": "按原等级与新等级的伙伴数。",
    "partners whose grade changes": "等级变动的伙伴", "The lane of probation": "考察期轨迹",
    "A partner changes its field only when it is past a line by more than {} points: within that margin it keeps the colour of the field that it comes from.":
      "伙伴越过界线超过 {} 分才改变象限：在此余量之内保留原象限的颜色。",
    "In {}, {} partners are warned, {} in grace and {} at its end. Each row is a partner, each column a quarter; the stronger the colour, the graver.":
      "{}：{} 个伙伴被警告，{} 个在宽限期，{} 个宽限期已满。每行一个伙伴，每列一个季度；颜色越浓越严重。",
    "The {} gravest of {} are drawn.": "仅画出 {2} 个中最严重的 {1} 个。",
    "States of partners on probation by quarter": "考察期伙伴各季度状态", "sales {} pay {}": "销售额 {} 对应兑付 {}",
    "from {}": "自 {} 起", "sales, % of the target": "销售额，占目标 %", "sales of the period": "期内销售额",
    "payout, % of the target": "兑付，占目标 %", "payout, {}": "兑付，{}", "What the rules pay": "各规则的兑付",
    "Payouts rise without a jump: no sale is worth more than its rate.": "兑付连续上升，无跳档：任何一笔销售都不超出其费率。",
    "Payouts jump in {} places: just below them a little more sales is worth much, just above it nothing more.":
      "兑付在 {} 处跳档：略低于门槛时多卖一点收益很大，略高于门槛则没有。",
    "Before links to reward and turnover; for one outlet.": "未计奖励系数与周转系数；按一个门店。", "corners of the payouts": "兑付曲线节点",
    "How far the cost may spread": "费用波动范围",
    "{}: {} {} on average, with 80 % chance between {} and {}.": "{}：平均 {} {}，80% 概率在 {} 至 {} 之间。", "mean": "均值",
    "Expected payouts by quarter, with their spread": "各季度预计兑付及其范围", "payouts by planned period": "各计划期兑付",
    "{}, tier {}: at {} the payout jumps by {}; {} just below": "{}，第 {} 档：到 {} 时兑付跳升 {}；略低于此的有 {}",
    "Where one more unit of sales jumps the payout": "多卖一点兑付就跳档之处",
    "{} times a partner stands just below a jump, for {} {} together: a reason to push goods into the channel. The highest jump: {} at {} ({}).":
      "有 {} 次伙伴略低于跳档，合计 {} {}：易诱发向渠道压货。最大跳升：{5} 处 {4}（{6}）。", "Jumps of payouts by threshold": "各门槛的兑付跳升",
    "threshold of sales": "销售门槛", "jump, {}": "跳升，{}", "jumps and who is near": "跳档及临近伙伴",
    "{}, {}: {}, {} slow, stock {} {}": "{}，{}：{}，滞销 {}，库存 {} {}", "Turnover and slow stock": "周转与滞销库存",
    "{} of {} turn over too slowly and hold too much slow stock, worth {} {}: promote or move there first.":
      "{2}中有 {1} 个周转过慢且滞销过多，价值 {3} {4}：优先促销或调拨。",
    "The larger the bubble, the larger the stock; the lines are the benchmarks of the plan.": "气泡越大，库存越大；线为方案的基准。",
    "{} above {} are drawn at the right edge.": "{} 个超过 {}，画在右边缘。", "Turnover and slow share of partners": "伙伴周转与滞销占比",
    "days until the stock is sold": "库存售完天数", "slow-moving share, %": "滞销占比，%", "clear out": "清理",
    "promote, move": "促销、调拨",
    "healthy": "健康", "order less": "少进货", "the largest stocks by partner": "库存最大的伙伴", "unknown": "未知",
    "{} to {}: {} units in {} transfers, saving {} {}": "{} 到 {}：{} 件，{} 笔调拨，节省 {} {}", "Who sends to whom": "调出与调入",
    "{} units in {} save {} {}; {} stay within their region. Rows send, columns receive; units.":
      "{2}共 {1} 件，节省 {3} {4}；{5} 在区域内。行为调出，列为调入，单位：件。",
    "The {} regions that move most are drawn.": "仅画出调拨最多的 {} 个区域。", "Transfers from region to region": "区域间调拨",
    "{} units between {} regions.": "{2} 个区域之间 {1} 件。", "product": "产品", "from": "调出", "to": "调入", "region": "区域",
    "units": "件数", "freight": "运费", "expected saving": "预期节省",
    "the transfers that save most, by partner": "节省最多的调拨（按伙伴）",
    "service {}: stock {} {}, holding it costs {} a year": "服务水平 {}：库存 {} {}，年持有成本 {}",
    "What service costs in stock": "服务水平的库存代价",
    "The plan’s service of {} asks for {} {} of stock on average; {} would ask for {} more.":
      "方案的服务水平 {} 平均需库存 {} {}；提高到 {} 需再增加 {}。", "Stock by service level": "各服务水平的库存", "stock": "库存",
    "chance of no stock-out": "不缺货概率", "average stock at cost, {}": "平均库存成本，{}", "plan": "方案",
    "stock by service level": "各服务水平的库存",
    "{}: {} owed, {} of it overdue, limit {}": "{}：欠款 {}，其中逾期 {}，额度 {}", "Who owes what": "欠款情况",
    "{} {} are owed, {} of it overdue; {} of {} owe more than their proposed limit.":
      "欠款共 {} {}，其中逾期 {}；{5}中有 {4} 个超过建议额度。",
    "The 15 largest by partner, the others summed by region.": "最大的 15 个按伙伴，其余按区域合计。", "{}, {} others": "{}，其余 {} 个",
    "owed": "欠款", "overdue": "逾期", "proposed limit": "建议额度", "Exposure by partner": "各伙伴敞口",
    "the largest exposures": "最大的敞口",
    "{} to {}: in {} of simulated years; more in {}": "{} 至 {}：占模拟年份的 {}；更多的占 {}", "What a year may lose": "一年可能的损失",
    "A fund of {} {} covers the losses of {} of 100 simulated years{}.": "{} {} 的基金可覆盖每百个模拟年份中 {} 年的损失{}。",
    ", {} are expected": "，预期损失 {}", "The worst {} lie beyond the drawing, up to {}.": "最坏的 {} 超出图外，最高 {}。",
    "expected": "预期", "fund": "基金", "Losses on credit in a year": "一年信用损失", "loss in a year, {}": "年损失，{}",
    "simulated years, %": "模拟年份，%", "losses by size": "损失分布",
    "after {} months {} are left (95 %: {} to {}), of {} that old": "{} 个月后留存 {}（95%：{} 至 {}），样本 {}",
    "How long partners stay": "伙伴留存", "Half of the partners are gone after {} months with us.": "合作 {} 个月后半数伙伴已离开。",
    "After {} months {} are still there.": "{} 个月后仍有 {} 留存。", "still partners": "留存伙伴",
    "Partners left by months since signing": "按签约月数的伙伴留存", "months since signing": "签约后月数",
    "survival by months": "各月留存",
    "{}, {}: worth {} {} {}, chance of leaving {}, {}": "{1}，{2}：{5}价值 {3} {4}，流失概率 {6}，{7}",
    "over its lifetime": "终身",
    "Less than {} is not drawn: the plan’s floors, and how far its amounts may move, do not allow it.":
      "低于 {} 的预算未画出：计划的下限和可变动幅度不允许。",
    "{} of every budget are for keeping partners and customers, as in the plan.":
      "每个预算中都有 {} 用于留住经销商和客户，与计划相同。",
    "These are losses on the limits proposed. Of what is owed today, {} {} are expected to be lost, whatever becomes of their limits.":
      "以上为建议额度的损失。当前欠款中预计损失 {} {}，与额度如何下调无关。",
    "Rules that are settled by the year pay {} more for {} (80 %: {} to {}); with its {} the year costs {} on average.":
      "按年结算的规则为 {2} 另支付 {1}（80%：{3} 至 {4}）；连同{5}，全年平均为 {6}。",
    "a year": "每年", "lifetime value, {}": "终身价值，{}", "customers": "客户",
    "Partners by value and risk": "伙伴价值与风险", "Customers by value and risk": "客户价值与风险",
    "None of the {} {} is both valuable and likely to leave.": "{} 个{}中没有既有价值又易流失者。",
    "{} of {} {} are valuable and likelier than others to leave: protect these first; {} {} a year hang on them.":
      "{2} 个{3}中有 {1} 个既有价值又较易流失，应优先保留；每年涉及 {4} {5}。",
    "The 300 most valuable are bubbles, the others are counted in the squares behind them.":
      "价值最高的 300 个画为气泡，其余计入背景方格。",
    "value a year, {}": "年价值，{}", "chance of leaving, %": "流失概率，%", "quadrants by region": "各区域象限",
    "came in the quarter from {} ({}): {} still buy after {} quarters": "{} 起的季度进入（{} 个）：{4} 个季度后仍购买 {3}",
    "Cohorts of customers": "客户同期群",
    "Of the customers that came at least a year ago, {} still bought after four quarters.":
      "至少一年前进入的客户中，{} 在四个季度后仍在购买。",
    "Rows: the quarter of the first order; columns: quarters since; per cent that still buy.":
      "行：首单季度；列：其后季度数；仍购买的百分比。",
    "Customers that still buy, by cohort": "各同期群仍购买的客户", "cohorts of customers": "客户同期群",
  ]
}
