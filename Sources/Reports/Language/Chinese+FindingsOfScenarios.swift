extension Chinese {
  /// Warnings of scenarios that are left out of a run.
  static let findingsOfScenarios: [String: String] = [
    // Run: a scenario that is not evaluated; its error in full
    "a scenario was left out: {}": "有一个情景未计算：{}",
    "a scenario was left out: {}: {} is out of range: it must be at least {}": "有一个情景未计算：{} 的值 {} 超出范围，应不小于 {}",
    "a scenario was left out: {}: {} is out of range: it must be above {}": "有一个情景未计算：{} 的值 {} 超出范围，应大于 {}",
    "a scenario was left out: {}: {} is out of range: it must be at most {}": "有一个情景未计算：{} 的值 {} 超出范围，应不大于 {}",
    "a scenario was left out: {}: {} is out of range: it must be below {}": "有一个情景未计算：{} 的值 {} 超出范围，应小于 {}",
    "a scenario was left out: {}: {} is out of range: it must be at least {} and at most {}":
      "有一个情景未计算：{} 的值 {} 超出范围，应不小于 {} 且不大于 {}",
    "a scenario was left out: {}: {} is out of range: it must be at least {} and below {}":
      "有一个情景未计算：{} 的值 {} 超出范围，应不小于 {} 且小于 {}",
    "a scenario was left out: {}: {} is out of range: it must be above {} and at most {}":
      "有一个情景未计算：{} 的值 {} 超出范围，应大于 {} 且不大于 {}",
    "a scenario was left out: {}: {} is out of range: it must be above {} and below {}":
      "有一个情景未计算：{} 的值 {} 超出范围，应大于 {} 且小于 {}",
    "a scenario was left out: {} is not in the plan, so there is nothing to change": "有一个情景未计算：计划中没有 {}，无从改动",
    "a scenario was left out: {} is not a number, so {} cannot change it": "有一个情景未计算：{} 不是数字，不能用 {} 改动",
    "a scenario was left out: {}: {} changed by {} is not possible": "有一个情景未计算：{}：{} 按 {} 改动后不成立",
    "a scenario was left out: {} cannot be {}": "有一个情景未计算：{} 不能是 {}",
    "a scenario was left out: {} has no value": "有一个情景未计算：{} 没有值",
    "a scenario was left out: {} is missing": "有一个情景未计算：缺少 {}",
    "a scenario was left out: unknown key {}": "有一个情景未计算：未知的键 {}",
    "a scenario was left out: unknown key {} in {}": "有一个情景未计算：{2} 中有未知的键 {1}",
    "a scenario was left out: {}: there is no region {}": "有一个情景未计算：{}：没有区域 {}",
    "a scenario was left out: {}: there is no family {}": "有一个情景未计算：{}：没有产品系列 {}",
    "a scenario was left out: {}: there is no product {}": "有一个情景未计算：{}：没有产品 {}",
    "a scenario was left out: {}: there is no region, family or product {}": "有一个情景未计算：{}：没有名为 {} 的区域、产品系列或产品",
    "a scenario was left out: {} is a region and a family": "有一个情景未计算：{} 既是区域又是产品系列",
    "a scenario was left out: {} is a region and a product": "有一个情景未计算：{} 既是区域又是产品",
    "a scenario was left out: {} is a family and a product": "有一个情景未计算：{} 既是产品系列又是产品",
    "a scenario was left out: {} is a region and a family and a product": "有一个情景未计算：{} 同时是区域、产品系列和产品",
    "a scenario was left out: there is no region {} in the tables": "有一个情景未计算：数据表中没有区域 {}",
    "a scenario was left out: {} is not among the plan's spend types": "有一个情景未计算：{} 不在计划的费用科目中",
    "a scenario was left out: region {}: the floor {} is above the cap {}": "有一个情景未计算：区域 {} 的下限 {} 高于上限 {}",
    "a scenario was left out: spend_type {}: the floor {} is above the cap {}": "有一个情景未计算：费用科目 {} 的下限 {} 高于上限 {}",
    "a scenario was left out: the locked amount {} is no whole number of cents": "有一个情景未计算：锁定金额 {} 不是整分",
    "a scenario was left out: history begins in {}, after the plan starts in {}": "有一个情景未计算：历史从 {} 开始，晚于计划开始的 {}",
    "a scenario was left out: history begins in {}, after the last sales in {}": "有一个情景未计算：历史从 {} 开始，晚于最后的销售 {}",
    "a scenario was left out: two versions of {} are in force at the same time": "有一个情景未计算：{} 有两个版本同时生效",
    // What to do about it
    "set the value itself, or correct the path": "请直接设定该值，或更正路径",
    "to set this text, write {}": "要设定此文本，请写 {}",
    "the result must be {}": "结果应为 {}",
    "remove it": "请删除",
    "known here: {}": "此处可用：{}",
    "lower the floor or raise the cap": "请降低下限或提高上限",
    "the cap is written at {}": "上限写在 {}",
    "round it to two decimals": "请舍入到两位小数",
    "history_from must be before start": "`history_from` 须早于 `start`",
    "lower history_from, or leave it out": "请把 `history_from` 提前，或不写",
    "end the first with `to:` before the second begins with `from:`": "请用 `to:` 使前一版本在后一版本的 `from:` 之前结束",
    "the other version is written at {}": "另一版本写在 {}",
    "write `{}:{}` or `{}:{}`": "请写 `{}:{}` 或 `{}:{}`",
  ]
}
