extension Chinese {
  /// Notes and warnings of budget, targets, incentives, awards, credit and risk.
  static let findingsOfMoney: [String: String] = [
    // BudgetStage, ResponseStage, BudgetHistory
    "the plan has no budget to divide": "计划没有可分配的预算",
    "there are no response curves": "没有响应曲线",
    "the sales or the budget table holds no usable row": "销售表或预算表没有可用的行",
    "no product margins: returns of spend are counted in sales": "没有产品毛利率：投放回报按销售额计",
    "the plan gives no money to {}": "计划未给 {} 分配预算",
    "partners' reports missing between others of theirs: {}": "经销商中间缺报的期数：{}",
    "periods of a region left out because less than a third reported: {}": "因上报不足三分之一而略去的区域期数：{}",
    "no region of the budget table has sales": "预算表中没有任何区域有销售",
    "the budget table names no region or spend type": "预算表没有写明区域或费用科目",
    "sales and spend have {} periods in common, 12 are needed": "销售与费用只有 {} 期重合，需要 12 期",
    "an experiment lies outside the history": "有试验不在历史范围内",
    "the history of {} cannot be used": "{} 的历史无法使用",
    "the return of {} is mostly assumed, not measured": "{} 的回报主要是假设，并非实测",
    "vary these on purpose in some regions, drawn by lot": "请在抽签选出的部分区域有意变动这些费用",
    "{} followed sales ({} % of its variation)": "{} 随销售变动（占其变动的 {}%）",
    "{} hardly varied": "{} 几乎没有变动",
    "the history says little about {} in {} of {} regions": "{3} 个区域中有 {2} 个的历史难以说明 {1} 的效果",
    // BudgetSolution
    """
    the equal split is a stationary trap: small moves away from it gain nothing, yet it earns {}, {} % less than \
    the plan
    """: "平均分配是一个停滞点：小幅调整得不到改善，但其毛利 {} 比计划低 {}%",
    """
    the present split is a stationary trap: small moves away from it gain nothing, yet it earns {}, {} % less \
    than the plan
    """: "现有分配是一个停滞点：小幅调整得不到改善，但其毛利 {} 比计划低 {}%",
    "do not judge the plan by shifting a little money at a time": "不要靠每次挪动少量资金来判断计划",
    // TargetsStage, TrackStage, TrackReport
    "the plan states no annual targets": "计划没有年度目标",
    "no partner sold anything in the twelve months before {}": "{} 之前的十二个月没有经销商有销售",
    "without a staff table targets have no owner": "没有人员表，目标没有负责人",
    "there is neither a table of targets nor a plan of targets": "既没有目标表，也没有目标计划",
    "without a forecast by month and last year's sales, chances are not known": "没有按月的预测和去年的销售，达成概率未知",
    "prepayment has targets, but no table tells what became of them": "预付款有目标，但没有表说明其实现情况",
    "share has targets, but no table tells what became of them": "占比有目标，但没有表说明其实现情况",
    "coverage has targets, but no table tells what became of them": "覆盖有目标，但没有表说明其实现情况",
    "profit has targets, but no table tells what became of them": "利润有目标，但没有表说明其实现情况",
    "market_index has no index of {}: own sales stand in for the market": "`market_index` 没有 {} 的指数：以自身销售代替市场",
    "add the region to market_index, or do without `targets.elastic`":
      "请在 `market_index` 中加上该区域，或不用 `targets.elastic`",
    "{} of prepayments and orders have waited {} months or more": "{} 的预付与订单已等待 {} 个月以上",
    "orders convert prepayments by [{}], the plan by {}": "按订单，预付款的转化比例为 [{}]；按计划为 [{}]",
    // IncentivesStage
    "the plan has no incentive rules": "计划没有激励规则",
    "{} entries of the ledger settle no rule of this plan": "台账中有 {} 笔不对应本计划的任何规则",
    "control_totals.csv lists them by kind and reason": "`control_totals.csv` 按类型和原因列出",
    "{}: {} entries, {}, set aside: counted in the budget": "{}：{} 笔，金额 {}，未采用：已计入预算",
    "{}: {} entries, {}, set aside: no rule in force": "{}：{} 笔，金额 {}，未采用：没有生效的规则",
    "{}: {} entries, {}, set aside: period not settled in this run": "{}：{} 笔，金额 {}，未采用：本次运行不结算该期",
    "{}: {} entries, {}, set aside: unknown partner": "{}：{} 笔，金额 {}，未采用：经销商未知",
    "{}: {} entries, {}, set aside: no period, date or reference": "{}：{} 笔，金额 {}，未采用：没有期间、日期或参考号",
    "`{}` has no line for {} partners: their target is not known (first {})": "“{}”有 {} 个经销商没有结果：目标未知（首个 {}）",
    "`{}` has no line for {} partners: their grade is not known (first {})": "“{}”有 {} 个经销商没有结果：等级未知（首个 {}）",
    "`{}` has no line for {} partners: their outlets is not known (first {})": "“{}”有 {} 个经销商没有结果：门店数未知（首个 {}）",
    "`{}` has no line for {} partners: their potential is not known (first {})": "“{}”有 {} 个经销商没有结果：潜力未知（首个 {}）",
    "there is no monthly forecast: nothing is accrued ahead, and next tiers count from the last period":
      "没有按月的预测：不预提，下一档从上一期起算",
    "targets are not tracked: reward coefficients are 100 %": "目标未跟踪：奖励系数按 100%",
    "stock standings are not known: turnover factors are 100 %": "库存状况未知：周转系数按 100%",
    // AwardsStage, AwardsInputs
    "the section `incentives` of the plan has no grades, points or awards": "计划的 `incentives` 一节没有等级、积分或奖励",
    "no quarter has a target: nobody earns points for attainment, or priority": "没有季度有目标：无人可得达成积分或优先权",
    "name `data.targets`": "请给出 `data.targets`",
    "there are no first orders of customers: nobody earns points for them": "没有客户首单：无人可得首单积分",
    "name `data.customers`": "请给出 `data.customers`",
    "no calendar year is whole: the grades on record stay": "没有完整的自然年：维持已有等级",
    "give twelve months of sales": "请提供十二个月的销售",
    "no partner states its outlets: coverage does not count": "没有经销商写明门店数：不计覆盖",
    "add `outlets` to the partners": "请在经销商表中加上 `outlets`",
    "no product has a launch date, so none is new": "没有产品有上市日期，因此没有新品",
    "name `data.products`": "请给出 `data.products`",
    "no squad has sales and what they are compared with": "没有战队既有销售又有比较对象",
    "name `data.targets` with regions": "请给出含区域的 `data.targets`",
    "nobody can win `{}`: no partner has a figure for `{}`": "无人可得“{}”：没有经销商有“{}”的数据",
    "{} first orders came after the fund was exhausted": "{} 个首单晚于基金用尽",
    "raise `fund`": "请提高 `fund`",
    // CreditStage, CreditFacts, RiskStage
    "the plan has no section `credit`": "计划没有 `credit` 一节",
    "there are no partners or no invoices": "没有经销商或没有发票",
    "no active partner has a credit limit": "没有在册经销商有授信额度",
    "{} defaults in {} partner-years: chances of default are records drawn towards the mean, not a regression":
      "{2} 个经销商年中有 {1} 次违约：违约概率由记录向均值收缩得出，而非回归",
    "there are no accounts: no ratios, no runway, no stress": "没有财务报表：没有财务比率、资金可支撑期和压力测试",
    "{} partners: the allocation takes the tail of a large book, and its certificate is for that tail":
      "{} 个经销商：分配按大规模组合的尾部损失计算，最优性证明只针对该尾部",
    "no planned demand with a year before it: limits carry the sales of today": "没有可与上年比较的计划需求：额度按现有销售计",
    "no standing of stock: no link of stock to credit": "没有库存状况：库存与授信不联动",
    "there is neither a margin that is planned nor a book of credit": "既没有计划毛利，也没有授信组合",
  ]
}
