extension Chinese {
  /// Notes and warnings of the plan, its tables against it, and runs that go on.
  static let findingsOfData: [String: String] = [
    // Suggestions that several findings share
    "did you mean {}?": "是否指 {}？",
    "one of: {}": "可选：{}",
    "remove one of the two": "请去掉其中一个",
    // MappingCursor, ScalarFormat, SpecificationDecoder: values of the plan
    "no stage of this version uses {}": "本版本没有环节使用 {}",
    "the run goes on without it": "运行将忽略它继续",
    "`{}`: {} means {} %": "`{}`：{} 表示 {}%",
    "write {} if {} % is meant": "如果要表示 {2}%，请写 {1}",
    "the environment variable {} matches no key": "环境变量 {} 不对应任何键",
    "unset it": "请取消该变量",
    // PlanChecks, PlanDecoder: values that do not fit one another
    "the goals are to be reached by {}, before the plan starts in {}": "目标期限为 {}，早于计划开始的 {}",
    "move `by` or `start`": "请调整 `by` 或 `start`",
    "the start is written at {}": "开始期写在 {}",
    "goals: {} partners cannot cover {} cities at one city each ({} needed)":
      "目标：每个经销商负责一个城市，{} 个经销商无法覆盖 {} 个城市（平均需负责 {} 个）",
    "raise active_partners, lower cities_open, or expect partners that serve several cities":
      "请提高 `active_partners`、降低 `cities_open`，或安排经销商负责多个城市",
    "the cities are written at {}": "城市数写在 {}",
    "`rewards` has steps, but `link_reward: false` leaves rewards as they are":
      "`rewards` 分了档，但 `link_reward: false` 使奖励保持不变",
    "no version of {} is in force between {} and {}": "{2} 至 {3} 之间没有生效的 {1} 版本",
    "nothing is paid under the rule in between": "其间不按该规则兑付",
    "the version before is written at {}": "前一版本写在 {}",
    // NetworkChecks: periods without rows
    "{}: no rows for {} day between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 天：{5}",
    "{}: no rows for {} days between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 天：{5}",
    "{}: no rows for {} week between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 周：{5}",
    "{}: no rows for {} weeks between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 周：{5}",
    "{}: no rows for {} month between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 个月：{5}",
    "{}: no rows for {} months between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 个月：{5}",
    "{}: no rows for {} quarter between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 个季度：{5}",
    "{}: no rows for {} quarters between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 个季度：{5}",
    "{}: no rows for {} year between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 年：{5}",
    "{}: no rows for {} years between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 年：{5}",
    "{}: no rows for {} period between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 期：{5}",
    "{}: no rows for {} periods between {} and {}: {}": "{1}：{3} 至 {4} 之间缺 {2} 期：{5}",
    "add the rows, or leave the periods as not reported": "请补上这些行，或视为未上报",
    // NetworkChecks: the calendar against the tables
    "the plan starts in {}, but the sales end in {}: {} day between them is unknown": "计划从 {} 开始，但销售截至 {}：其间 {} 天未知",
    "the plan starts in {}, but the sales end in {}: {} days between them are unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 天未知",
    "the plan starts in {}, but the sales end in {}: {} week between them is unknown": "计划从 {} 开始，但销售截至 {}：其间 {} 周未知",
    "the plan starts in {}, but the sales end in {}: {} weeks between them are unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 周未知",
    "the plan starts in {}, but the sales end in {}: {} month between them is unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 个月未知",
    "the plan starts in {}, but the sales end in {}: {} months between them are unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 个月未知",
    "the plan starts in {}, but the sales end in {}: {} quarter between them is unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 个季度未知",
    "the plan starts in {}, but the sales end in {}: {} quarters between them are unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 个季度未知",
    "the plan starts in {}, but the sales end in {}: {} year between them is unknown": "计划从 {} 开始，但销售截至 {}：其间 {} 年未知",
    "the plan starts in {}, but the sales end in {}: {} years between them are unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 年未知",
    "the plan starts in {}, but the sales end in {}: {} period between them is unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 期未知",
    "the plan starts in {}, but the sales end in {}: {} periods between them are unknown":
      "计划从 {} 开始，但销售截至 {}：其间 {} 期未知",
    "add the sales, or start in {}": "请补上销售数据，或从 {} 开始",
    "the plan starts in {}, but sales are known up to {}": "计划从 {} 开始，但销售数据已到 {}",
    "start in {}, or leave `start` out": "请从 {} 开始，或不写 `start`",
    "the latest stock is of {}, before the last sales in {}": "最新库存是 {} 的，早于最后的销售 {}",
    "export a newer snapshot": "请导出更新的库存快照",
    // NetworkChecks: names of the plan that the tables lack
    "the budget table has no spend of type {}": "预算表中没有科目 {} 的费用",
    "the driver {} is not in the data": "数据中没有驱动因素 {}",
    // WorkbookEdits, WorkbookReader: an edited workbook
    "the workbook changes nothing": "工作簿没有任何改动",
    "type an amount into a marked cell, or `yes` beside an amount that must stay": "请在标色的单元格中填写金额，或在须保持不变的金额旁填 `yes`",
    "the workbook changes {} value of the plan": "工作簿改动了计划的 {} 个值",
    "the workbook changes {} values of the plan": "工作簿改动了计划的 {} 个值",
    "the workbook changes {} value of the plan; it was written from {}": "工作簿改动了计划的 {} 个值；它由运行 {} 生成",
    "the workbook changes {} values of the plan; it was written from {}": "工作簿改动了计划的 {} 个值；它由运行 {} 生成",
    "and {} more": "另有 {} 项",
    "{} was rounded to {}": "{} 已舍入为 {}",
    // RunCheckpoint: a run that goes on
    "there is no {}: the run starts from the beginning": "没有 {}：从头开始运行",
    "{} is computed anew: {} changed since": "重新计算 {}：{} 已变化",
    "{} is computed anew: {} and {} changed since": "重新计算 {}：{} 和 {} 已变化",
    "{} is taken over from {}": "{} 沿用自 {}",
    "{} was not kept: {}": "{} 未能保存：{}",
    "{} cannot be used, its result is computed anew: it is cut short": "{} 无法使用，重新计算：文件不完整",
    "{} cannot be used, its result is computed anew: its checksum is wrong": "{} 无法使用，重新计算：校验和不符",
    "{} cannot be used, its result is computed anew: it is no checkpoint": "{} 无法使用，重新计算：不是中间结果文件",
    "{} cannot be used, its result is computed anew: it has another format": "{} 无法使用，重新计算：格式不同",
    "{} cannot be used, its result is computed anew: {}": "{} 无法使用，重新计算：{}",
    // EarlierRuns: runs that cannot be compared
    "the run {} has no figure in common with this one": "运行 {} 与本次运行没有共同的指标",
    "name a run of the same plan, with stages that this one has too": "请指定同一计划且环节相同的运行",
    // StageGraph: stages that cannot run
    "the plan names no table {}": "计划未给出表 {}",
    "the plan names no table {} and {}": "计划未给出表 {} 和 {}",
    "add {} under `data:` to get it": "请在 `data:` 下加上 {}",
    "add {} and {} under `data:` to get it": "请在 `data:` 下加上 {} 和 {}",
    "it builds on {}, which gave no result": "它依赖的环节 {} 没有结果",
    "it builds on `{}`, which gave no result": "它依赖的环节“{}”没有结果",
    "it builds on `{}` and `{}`, which gave no result": "它依赖的环节“{}”和“{}”没有结果",
    "it builds on `{}`, `{}` and `{}`, which gave no result": "它依赖的环节“{}”、“{}”和“{}”没有结果",
  ]
}
