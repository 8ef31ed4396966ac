/// Scenarios, other budgets, and what a reader chooses in the page.
extension Chinese {
  static let scenarios: [String: String] = [
    "no figure changes": "没有指标变化", "nothing differs": "没有差异", "; and {} more": "；另有 {} 项",
    "computed again: {}": "已重算：{}", "infeasible: {}": "不可行：{}", "no figure moves along {}": "沿 {} 没有指标变动",
    "at the low end": "低端", "at the high end": "高端",
    "Scenarios": "方案", "What if?": "如果……会怎样？", "Scenario": "方案", "scenario": "方案", "Figure": "指标",
    "One scenario is held against the base, on the same random numbers: what differs, it caused.":
      "一个方案与基准方案比较，随机数相同：差异都由方案引起。",
    "{} scenarios are held against the base, on the same random numbers: what differs, they caused.":
      "{} 个方案与基准方案比较，随机数相同：差异都由方案引起。",
    "{} change by less than 0.05 %": "{}变化不足 0.05%", "{} figure": "{} 项指标", "{} figures": "{} 项指标",
    "No figure changes in {}.": "{} 没有改变任何指标。",
    "{} changes one figure": "{} 改变了一项指标", "{} changes {} figures": "{} 改变了 {} 项指标",
    "one gets better": "一项变好", "{} get better": "{} 项变好", "one gets worse": "一项变差", "{} get worse": "{} 项变差",
    "Not drawn, since a per cent of next to nothing says nothing: {}.": "基数接近零、百分比没有意义而未画出：{}。",
    "What each scenario changes": "各方案改变了什么",
    "Only figures that differ are listed. The bar is the 80 % range of the change over the same draws: where it holds zero, chance may explain the change.":
      "只列出有差异的指标。横线是相同抽样下变化的 80% 区间：区间含零时，变化可能只是偶然。",
    "all scenarios side by side": "各方案并列比较", "{} is set to {}": "{} 设为 {}", "{} goes from {} to {}": "{} 由 {} 改为 {}",
    "{}, and {} more.": "{}，另有 {} 项。", "{}.": "{}。", "No figure changes.": "没有指标变化。",
    "figures that {} changes": "{} 改变的指标", "Change against the base, in per cent": "相对基准的变化，%",
    "Changes of figures in {}": "{} 中各指标的变化", "figure": "指标", "unit": "单位", "base": "基准", "change": "变化",
    "in per cent": "变化率", "80 % range": "80% 区间", "verdict": "判断", "{} to {}": "{} 至 {}", "within noise": "在噪声之内",
    "better": "变好", "worse": "变差", "Where the change comes from": "变化来自哪里",
    "The steps add up to the change of {} over all regions; a region that is not listed stays as it is.":
      "各步相加等于所有区域的{}变化；未列出的区域不变。",
    "Nothing changes by region.": "各区域没有变化。", "{} more": "另有 {} 个", "together": "合计", "Change of {}, {}": "{}变化，{}",
    "Change of {} by region in {}": "{2} 中各区域的{1}变化", "what differs in {}": "{} 中的差异", "subject": "对象",
    "measure": "指标", "Winners and losers": "受益与受损",
    "What each scenario means in money for single partners: the largest gains and the largest losses.":
      "每个方案对单个伙伴意味着多少钱：受益最多的和受损最多的。",
    "gains": "受益", "loses": "受损", "No partner gains or loses.": "没有伙伴受益或受损。",
    "one partner gains {} {}": "一个伙伴受益 {}{}", "{} partners gain {} {} together": "{} 个伙伴共受益 {}{}",
    "one partner loses {} {}": "一个伙伴受损 {}{}", "{} partners lose {} {} together": "{} 个伙伴共受损 {}{}",
    "Who gains and who pays": "谁受益，谁付出",
    "What each scenario means in money against the base: margin, incentives, and what is missed for lack of stock together.":
      "各方案与基准相比意味着多少钱：毛利、激励及因缺货损失的合计。",
    "Margins on sales, incentives and stock stay in {}; what else these change stands below.":
      "{} 不改变销售毛利、激励和库存；其他变化见下。",
    "Maker, over the planned year, {}": "厂商，计划年度，{}", "What the maker gains": "厂商的收益",
    "Dealers, over the planned year, {}": "经销商，计划年度，{}", "What dealers gain": "经销商的收益",
    "maker, dealers and consumers by scenario, {}": "各方案中的厂商、经销商与消费者，{}",
    "all effects that are not zero": "所有不为零的影响",
    "the maker gains most in {}, {} {} over the planned year": "厂商受益最多的是 {1}，计划年度 {2}{3}",
    "the maker loses most in {}, {} {}": "厂商受损最多的是 {1}，{2}{3}",
    "dealers gain most in {}, {} {}": "经销商受益最多的是 {1}，{2}{3}",
    "dealers lose most in {}, {} {}": "经销商受损最多的是 {1}，{2}{3}",
    "maker, next quarter": "厂商，下季度", "maker, year": "厂商，全年", "dealers, next quarter": "经销商，下季度",
    "dealers, year": "经销商，全年", "consumers by price, year": "消费者因价格，全年", "units missed, year": "未满足件数，全年",
    "Effect on partners, {}": "对伙伴的影响，{}", "Winners and losers in {}": "{} 中的受益与受损", "partner": "伙伴",
    "region": "区域", "effect, {}": "影响，{}", "revenue": "销售额", "incentives": "激励", "target": "目标",
    "credit limit": "信用额度", "budget": "预算", "the largest gains and losses in {}": "{} 中受益和受损最多的",
    "Which uncertainty matters most": "哪个不确定因素最重要",
    "Each row moves one value from its low to its high end and leaves all others; the widest row matters most. For {} that is {}.":
      "每行只把一个值从低端移到高端，其他不变；最宽的一行最重要。对{}来说是 {}。",
    "at its low end": "在低端", "at its high end": "在高端",
    "figures at the ends of each uncertainty": "各不确定因素两端的指标",
    "{} at the ends of each uncertainty": "{}在各不确定因素两端", "{}: {} at {}, {} at {}": "{1}：{3} 时 {2}，{5} 时 {4}",
    "Along one value": "沿一个值变动", "{} more figures": "另有 {} 项指标", "figures along the value": "沿该值的指标",
    "What figures become when {} takes other values; {} moves most for its size.": "{} 取其他值时各指标的变化；{}变动最大。",
    "{} along {}": "{}随 {} 变化",
    "What another budget would earn": "换一个预算会怎样", "expected margin": "预期毛利",
    "mean of the worst tenth of outcomes": "最差十分之一情形的平均", "Budget, {}": "预算，{}",
    "budgets and what they earn, {}": "各预算及其毛利，{}",
    "A budget of {} {} would earn {}, one of {} {}.": "预算 {1}{2} 可得 {3}，预算 {4} 可得 {5}。",
    "More than {} {} would not be spent: no further use earns what it costs, or a limit holds it.":
      "超过 {}{} 的钱不会花：再花得不偿失，或受限制。",
    "At the plan, one more {} of budget earns {} {}.": "在计划预算处，多 1 {1}可多得 {2}{3}。",
    "{}: worst tenth {}": "{}：最差十分之一平均 {}", "plan": "计划", "budget, {}": "预算，{}", "margin, {}": "毛利，{}",
    "Margin at each budget": "各预算的毛利", "Expected margin against the budget": "预期毛利与预算",
    "{}: expected {}, worst tenth {}": "{}：预期 {}，最差十分之一平均 {}", "mean of the worst tenth, {}": "最差十分之一平均，{}",
    "expected margin, {}": "预期毛利，{}", "Return against risk, a point for each budget": "收益与风险，每个预算一个点",
    "Expected margin against the mean of the worst tenth of outcomes": "预期毛利与最差十分之一情形的平均",
    "{}: expected margin {} {}": "{}：预期毛利 {}{}", "as much as at the plan’s budget": "与计划预算相同",
    "{} against the plan’s budget": "比计划预算 {}",
    "{} {} are spent; the expected margin is {}.": "支出 {}{}；预期毛利{}。", "{} more regions": "其余 {} 个区域",
    "Spend of each region, {}": "各区域支出，{}", "Spend of each region at this budget": "该预算下各区域的支出",
    "spend": "支出", "against the plan’s budget": "与计划预算相比", "spend of each region, {}": "各区域支出，{}",
    "spent": "支出", "one more earns": "多一元可得", "{} brings {} {}": "{} 带来 {}{}",
  ]
}

/// What sells and why, and what to do first.
extension Chinese {
  static let firstPages: [String: String] = [
    "do": "行动", "worth, {}": "价值，{}", "which is": "含义", "see": "见", "The {} actions worth most": "最有价值的 {} 项行动",
    "At most {} of a kind are listed, the whole lists are below.": "每类最多列 {} 项，完整清单见下文。",
    "the actions worth most": "最有价值的行动", "Place the budget as planned": "按计划分配预算",
    "Place the budget as planned: {} …": "按计划分配预算：{} ……", "more expected margin": "增加的预期毛利",
    "Allocation": "分配", "{} {} ({}): {} for {}": "{} {}（{}）：{}，费用 {}",
    "expected saving, cost taken off": "预期节省，已扣费用", "Churn": "流失",
    "Talk to {} ({}), chance of leaving {}": "拜访 {}（{}），流失概率 {}",
    "Talk to {} ({}), chance of leaving {}: {}": "拜访 {}（{}），流失概率 {}：{}",
    "expected loss if nothing is done": "不行动的预期损失", "expected saving": "预期节省", "Stock actions": "库存行动",
    "{}: {}": "{}：{}", "sales at stake in an alert": "预警涉及的销售额", "Alerts": "预警",
    "Offer {} to {}, who sells {}": "向 {2} 推荐 {1}（其已销售 {3}）",
    "Give {} ({}) {} days more to pay": "给 {}（{}）延长账期 {} 天", "expected gain a year": "预期年收益",
    "Credit and risk": "信用与风险", "End the contract with {} ({})": "与 {}（{}）终止合同",
    "more than keeping it": "高于继续合作", "Partners": "伙伴",
    "By partner": "按伙伴",
    "{} of {} partners are expected to make half of the sales. The {} largest are drawn.":
      "{2} 个伙伴中有 {1} 个预计贡献一半销量。图中为最大的 {3} 个。",
    "Charts of the {} largest partners": "最大 {} 个伙伴的图", "expected, {}": "预期，{}", "share of all": "占比",
    "expected sales of the {} largest partners": "最大 {} 个伙伴的预期销量",
    "forecast.csv, rows with level partner": "forecast.csv，level 为 partner 的行",
    "Expected sales of {}": "{} 的预期销量", "{} {} in {} periods, with the 80 % range.": "{3} 期共 {1} {2}，附 80% 区间。",
    "Into the channel and out of it": "进货与实销",
    "In the last {} quarters partners bought {} units more than they sold: stock grew.":
      "最近 {} 个季度伙伴进货比实销多 {} 件：库存增加。",
    "In the last {} quarters partners sold {} units more than they bought: stock shrank.":
      "最近 {} 个季度伙伴实销比进货多 {} 件：库存减少。",
    "Not in step in {}: {}.": "{} 不同步：{}。", "sold to customers": "实销", "bought by partners": "进货",
    "bought": "进货", "sold": "实销", "units": "件", "Units bought and sold by partners, by quarter": "各季度进货与实销件数",
    "units bought and sold by region": "各区域进货与实销件数",
    "What sales become when one driver moves": "单个驱动因素变动时的销量",
    "Sales against today’s, in per cent, when the others stay; the band is the 95 % range.":
      "其他因素不变时，销量相对现在的变化（%）；色带为 95% 区间。",
    "expected": "预期", "{} % range": "{}% 区间", "effects behind the curves": "曲线背后的效应",
    "drivers.csv, rows without a product": "drivers.csv，无产品的行", "years on": "年后",
    "{}, change in per cent": "{}，变化 %", "sales, change in per cent": "销量，变化 %", "Sales against {}": "销量与{}",
  ]
}
