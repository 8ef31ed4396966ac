extension Chinese {
  /// The workbook and the summary in Markdown.
  static let workbook: [String: String] = [
    "Overview": "概览", "Plan budget": "编辑预算", "Plan targets": "编辑目标",
    "budget by region and spend type, to edit": "按区域和费用科目的预算，可编辑",
    "targets by quarter and year, to edit": "按季度和年度的目标，可编辑",
    "{} of {} rows; all are in {}": "{2} 行中的 {1} 行，全部见 {3}",
    "run": "运行", "plan file": "方案", "input hash": "输入哈希",
    "Run {}": "运行 {}", "scenario {}": "情景 {}", "amounts in {}": "金额单位：{}", "seed {}": "随机种子 {}",
    "Key figures": "关键指标", "figure": "指标", "value": "数值", "unit": "单位", "better": "越好方向", "name": "名称",
    "How good the decisions are": "决策的优劣", "decision": "决策", "status": "状态", "reached": "达到", "bound": "界限",
    "in words": "说明", "Sheets": "工作表", "sheet": "工作表", "rows": "行数", "what it holds": "内容", "left out": "未列出",
    "No amount": "不是金额", "Type a number of 0 or more, or empty the cell.": "请输入不小于 0 的数字，或清空单元格。",
    "No lock": "不是锁定标记", "Write `{}` to hold the amount, or empty the cell.": "输入“{}”锁定金额，或清空单元格。",
    "Budget to edit, in {}": "可编辑的预算，单位：{}", "Targets to edit, in {}": "可编辑的目标，单位：{}",
    "Type your own amounts into the marked cells; what you type is held, the rest is spread anew.":
      "在标色的单元格中填写金额；填写的金额保持不变，其余重新分配。",
    "`{}` in the lock column holds the planned amount; type over the total to change it.":
      "在锁定列填“{}”即锁定方案金额；直接改写合计可改变总额。",
    "`{}` in the lock column holds the quarters as planned; type over the total to change it.":
      "在锁定列填“{}”即按方案锁定各季度；直接改写合计可改变总额。",
    "Then: sluice run plan.yaml --workbook FILE.xlsx": "然后运行：sluice run plan.yaml --workbook FILE.xlsx",
    "left for the rest": "剩余可分配", "total": "合计", "region": "区域", "spend type": "费用科目", "now": "现在",
    "plan": "方案", "your amount": "填写金额", "lock": "锁定", "share of plan": "占方案比重", "held": "已锁定",
    "partner": "伙伴", "line": "类别", "share of year": "占全年比重", "new customers": "新客户",
    "Decided": "决策结果", "do": "行动", "worth, {}": "价值，{}", "which is": "含义",
    "What is worth most to do": "价值最高的行动", "level": "级别", "who": "对象", "what": "情况", "at stake": "涉及金额",
    "what to do": "建议", "Critical alerts": "严重预警", "{} of {}; all are in {}": "{2} 项中的 {1} 项，全部见 {3}",
    "Notes": "备注", "and {} more": "另有 {} 项",
  ]
}
