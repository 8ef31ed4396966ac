extension Chinese {
  /// What alerts and probation propose where the plan proposes nothing else, and the reasons of exits and renewals.
  static let actionLabels: [String: String] = [
    // Alerts, by cause.
    "visit the partner and find out why it sells less": "走访经销商，了解销售下滑的原因",
    "check stock and supply for the higher demand": "核查库存与供货能否满足增长的需求",
    "replenish, or transfer from a partner with too much": "补货，或从库存过多的经销商调拨",
    "compare its price with the region's, and with rivals'": "将其价格与本区域及竞品比较",
    "review the region's targets and supply plan": "复核该区域的目标与供货计划",
    "raise the region's supply plan": "上调该区域的供货计划",
    "wait for the end of the promotion's dip; look again next month": "等待促销后的回落结束，下月再看",
    "plan supply for the promotion's end": "为促销结束安排供货",
    "stop deliveries; promote or transfer the surplus": "停止发货，促销或调拨多余库存",
    "settle the open cases, and remove the cause of the most frequent type": "处理未结案件，消除最常见问题的根源",
    "talk to the partner's management": "与经销商管理层沟通",
    "agree on a plan for improvement": "商定改进计划",
    "shorten terms or ask for prepayment": "缩短账期或要求预付",
    "check where the goods went, and apply the graded penalties": "核查货物流向，并按级处罚",
    // Probation, by indicator.
    "go through the parts of the score with the account manager; act on the two lowest": "与客户经理逐项检查得分，改进最低的两项",
    "meet the failed gate first: no score makes up for it": "先满足未通过的硬性门槛，得分无法弥补",
    "agree sell-out by month for the rest of the year; joint promotion for the gap": "商定今年余下各月的销售，缺口以联合促销弥补",
    "visit the lost customers; review prices and range against rivals": "走访流失客户，对照竞品检查价格与品类",
    "agree sell-out by month; check the range and stock-outs": "按月商定销售，检查品类与缺货",
    "interview the partner; settle open complaints within the week": "访谈经销商，一周内处理未结投诉",
    "train service staff; answer every complaint within the hours of the scorecard": "培训服务人员，在评分卡规定的时限内答复每件投诉",
    "agree payment by instalments; deliver against payment until it is settled": "商定分期付款，结清前款到发货",
    "stop orders of slow products; promote or transfer the excess": "停订滞销产品，促销或调拨多余库存",
    // Exits.
    "grace is over; it sells nothing, so nothing is lost": "宽限期已满，没有销售，退出无损失",
    "grace is over; letting go is worth {} more, in {} of the draws": "宽限期已满，退出可多得 {1}（{2} 的抽样如此）",
    "grace is over, but an exit does not pay: keeping is worth {} more": "宽限期已满，但退出不划算：保留可多得 {}",
    "grace is over, but no measure of the plan ends a contract; it sells nothing, so nothing is lost":
      "宽限期已满，但计划的措施不含终止合同：没有销售，退出无损失",
    "grace is over, but no measure of the plan ends a contract; letting go is worth {} more, in {} of the draws":
      "宽限期已满，但计划的措施不含终止合同：退出可多得 {1}（{2} 的抽样如此）",
    "grace is over, but an exit is not sure enough to pay: letting go is worth {} more, in {} of the draws":
      "宽限期已满，但退出划算的把握不足：退出可多得 {1}（{2} 的抽样如此）",
    "in grace; it sells nothing, so nothing is lost": "宽限期内，没有销售，退出无损失",
    "in grace; letting go is worth {} more, in {} of the draws": "宽限期内，退出可多得 {1}（{2} 的抽样如此）",
    "{}; it sells nothing, so nothing is lost": "{}，没有销售，退出无损失",
    "{}; letting go is worth {} more, in {} of the draws": "{1}，退出可多得 {2}（{3} 的抽样如此）",
    "{}; keeping is worth {} more": "{1}，保留可多得 {2}",
    // Renewals.
    "grace is over and letting go pays; notice by {}": "宽限期已满，退出划算，须在 {} 前通知",
    "letting go pays, but notice is {} days late: extend to the next date only": "退出划算，但通知已晚 {} 天：只续至下一个到期日",
    "{}: renew against the improvement plan": "{}：按改进计划续约",
    "performance is in the band `remove`": "业绩处于淘汰档",
    "performance is in the band `reward`": "业绩处于奖励档",
    "sales decline: agree a target and a range that fit": "销售下滑：商定合适的目标与品类",
    "no failing": "没有不达标项",
    // Targets that follow the market.
    "the market did not fall": "市场没有下跌",
    "the market fell by {} %, {} % or more": "市场下跌 {1}%，达到 {2}%",
    "the market fell by {} %, less than {} %": "市场下跌 {1}%，不足 {2}%",
  ]
}
