extension Chinese {
  /// Notes and warnings of stages: demand, stock, scores, alerts, probation; why a stage was skipped.
  static let findingsOfStages: [String: String] = [
    "stage `{}` was skipped: {}": "环节“{}”已跳过：{}",
    // HistoryStage, LedgerStage
    "no month before the plan has sales of a partner": "计划开始前没有任何月份有经销商销售",
    "there is no history": "没有历史",
    // ForecastStage, DemandError
    "there is no sales table": "没有销售表",
    "no row has a partner, a product, a period and a quantity": "没有一行同时有经销商、产品、期间和数量",
    "the sales table has no column {}": "销售表没有 {} 列",
    "a history of {} periods is too short; 3 are needed at least": "历史只有 {} 期，太短；至少需要 3 期",
    "a value is infinite; mark it as unknown (NaN)": "有一个值为无穷大；请标为未知（`NaN`）",
    "the quantities of {} periods of a partner and product are negative and count as zero": "{} 个经销商单品的期间数量为负，按零计",
    "sell-in stands in for sell-out in {} series": "{} 个序列以进货代替动销",
    "stock-outs: sales of {} periods raised, {} taken as unknown": "缺货：{} 期的销售已上调，{} 期视为未知",
    "{} periods without a row count as zero, {} as unknown": "没有记录的期间中，{} 期按零计，{} 期视为未知",
    "{} partners have stopped reporting and are forecast as zero: {}": "{} 个经销商已停止上报，预测为零：{}",
    "the plan gives no future values of {}; typical ones are used": "计划未给出 {} 的未来值，采用典型值",
    "{} periods leave nothing to compare models on": "只有 {} 期，无法留出数据比较模型",
    // DriversStage, DemandStage, PriceEffects
    "no driver varies over the series, or too few quantities are above zero": "没有驱动因素在各序列间变动，或大于零的数量太少",
    "{} products have too few rows for effects of their own": "{} 个产品的记录太少，无法单独估计影响",
    "there is no forecast": "没有预测",
    "the history gives no elasticity of {} products: {} is assumed": "历史无法给出 {} 个产品的价格弹性：假设为 {}",
    "state `price.elasticity`, or let the stage `drivers` run": "请写明 `price.elasticity`，或运行环节 `drivers`",
    // StockStage, StockPosition, StandingReport, DisruptionStage
    "there is no forecast to set stock levels by": "没有可据以设定库存水平的预测",
    "forecast.measure is {}, not units": "`forecast.measure` 为 {}，不是件数",
    "the inventory table has no rows": "库存表没有数据行",
    "{} stocks of partners that have ended are left out": "已略去已终止经销商的 {} 个库存项",
    "{} partners have no lead_time_days; {} days are assumed": "{} 个经销商没有 `lead_time_days`，假设为 {} 天",
    "{} of {} stocks have no cost or no price": "{2} 个库存项中有 {1} 个没有成本或价格",
    "{} of {} stocks have no sales history: no demand is expected": "{2} 个库存项中有 {1} 个没有销售历史：预计无需求",
    "without a sales history by month, orders are not compared with sales": "没有按月的销售历史，未将订货与销售比较",
    "sell-in and sell-out are not both reported: pushing is not seen": "进货与动销未同时上报：无法识别压货",
    "there is no decision on stock": "没有库存决策",
    // TransfersStage
    "the partners table has no grades: all partners count alike": "经销商表没有等级：所有经销商同等对待",
    "no partner has to order {}": "没有经销商需要订购 {}",
    // ScoresStage
    "the plan has no section `scorecard`": "计划没有 `scorecard` 一节",
    "the history covers no whole quarter": "历史不足一个完整季度",
    "no partner has `{}` in {}: their weights go to the others": "{2} 没有经销商有“{1}”的数据：其权重分给其他指标",
    "no partner has `{}` and `{}` in {}: their weights go to the others": "{3} 没有经销商有“{1}”和“{2}”的数据：其权重分给其他指标",
    "no partner has `{}`, `{}` and `{}` in {}: their weights go to the others":
      "{4} 没有经销商有“{1}”、“{2}”和“{3}”的数据：其权重分给其他指标",
    "no partner has `{}`, `{}`, `{}` and `{}` in {}: their weights go to the others":
      "{5} 没有经销商有“{1}”、“{2}”、“{3}”和“{4}”的数据：其权重分给其他指标",
    "no partner has `{}`, `{}`, `{}`, `{}` and `{}` in {}: their weights go to the others":
      "{6} 没有经销商有“{1}”、“{2}”、“{3}”、“{4}”和“{5}”的数据：其权重分给其他指标",
    "no partner has {} in {}: their weights go to the others": "{2} 没有经销商有 {1} 的数据：其权重分给其他指标",
    "{} has no tracked targets: attainment is sales against the contract's annual target":
      "{} 没有跟踪的目标：达成率为销售与合同年度目标之比",
    "no set of weights fits {} partners: they have no score": "{} 个经销商没有适用的权重：没有得分",
    "fewer than twenty partners have a first year to learn from": "有首年记录可供学习的经销商不足二十个",
    // AlertsStage, MonitorStage
    "the plan has no section `alerts`": "计划没有 `alerts` 一节",
    "there are no months of sales": "没有月度销售",
    "`{}` is not known of anybody, so rules on it cannot fire": "没有对象有“{}”的数据，相关规则不会触发",
    "satisfaction is known for one date only: partners are compared with peers": "满意度只有一个日期的数据：经销商与同类比较",
    "there is no history of sales": "没有销售历史",
    "the history holds no whole month": "历史不足一个完整月份",
    "shares add up to more than the market in {} of the regions and quarters": "有 {} 个区域季度的份额合计超过整个市场",
    "rivals' shares stand alone: our own is not known": "只有竞品份额：本方份额未知",
    // ProbationStage, ProbationReport, ProbationInputs
    "the plan has no section `probation`": "计划没有 `probation` 一节",
    "the history holds no whole quarter": "历史不足一个完整季度",
    "`probation.baselines.{}` is known for nobody: no partner is judged by it":
      "没有经销商有“{}”的数据（`probation.baselines`）：不据此评判任何经销商",
    "there are no contracts: every partner has the terms of `probation.exit.without_contract`":
      "没有合同：所有经销商按 `probation.exit.without_contract` 的条款",
    "there is no stock at cost: nothing is bought back": "没有按成本计的库存：不回购",
    "there are no invoices: nothing is outstanding": "没有发票：没有未结款项",
    "there is no planned demand: partners are expected to sell what they sold in the last twelve months":
      "没有计划需求：预计经销商的销售与最近十二个月相同",
    "products state no margin: it is {} % throughout": "产品没有毛利率：一律按 {}%",
    "no incentives are known: exits are priced without what they save": "激励未知：退出测算未计节省的激励",
    "there is no budget: exits are priced without the support that they save": "没有预算：退出测算未计节省的支持费用",
  ]
}
