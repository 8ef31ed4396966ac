extension Chinese {
  /// Columns and words of tables that no chart or sentence names.
  static let tableWords: [String: String] = [
    // Columns.
    "average_stock_value": "平均库存金额", "backlog": "积压订单", "chance_of_more": "超出概率", "cities": "城市数",
    "city_tier": "城市级别", "corner": "转折点", "covered": "已覆盖", "credit_loss_change": "信用损失变化",
    "dealer_loss": "经销商损失", "expected_beyond": "超出部分的期望值", "expected_support": "期望补助",
    "failure_probability": "违约概率", "filled": "已满足", "freight_from": "运费来源",
    "holding_cost_per_year": "年持有成本", "is_plan": "为本计划", "late": "延迟", "long_run": "长期",
    "short_run": "短期", "loss_from": "损失起", "loss_to": "损失止", "lost_purchases": "流失的采购",
    "lost_revenue": "流失的收入", "lost_units": "流失的件数", "maker_loss": "厂商损失",
    "margin_of_quarter": "季度毛利", "margin_of_year": "年度毛利", "partner_margin_of_quarter": "经销商季度毛利",
    "partner_margin_of_year": "经销商年度毛利", "revenue_of_quarter": "季度收入", "revenue_of_year": "年度收入",
    "units_of_quarter": "季度件数", "units_of_year": "年度件数", "new_year_differs": "春节月份不同", "party": "相关方",
    "payout": "支付额", "periods_to_recover": "恢复所需期数", "pop": "环比", "yoy": "同比",
    "population": "人口", "probability_within": "不超出的概率", "products": "产品数", "rival": "竞争对手",
    "safety_stock_value": "安全库存金额", "same_market": "同一市场", "served_cities": "已覆盖城市数",
    "service_level": "服务水平", "supply": "供应", "units_per_1000": "每千人件数",
    "with_sharing": "分担后", "worst_tenth_margin": "最差十分之一的毛利",
    // Units.
    "periods": "期", "turns": "次", "money": "金额", "share_of_target": "占目标的比例",
    "per 1,000 orders": "每千张订单", "per million people": "每百万人",
    // Measures and what they rest on.
    "incentive_accrual": "激励预提", "incentive accrual": "激励预提", "credit_limit": "信用额度",
    "credit limit": "信用额度", "contract": "合同", "purchases": "采购", "limits": "授信额度",
    "quarterly_sales": "季度销售", "annual_sell_out": "年度终端销售",
    "incentive_ledger": "激励台账", "competitors": "竞争对手", "inventory": "库存", "paid": "已付",
    // Signals of flows between shipments and sales.
    "matched": "供需相符", "filling": "补库", "emptying": "去库", "stuffing": "压货", "destocking": "清库",
    "demand_up": "需求上升", "demand_down": "需求下降", "both": "两者",
    // Corners of payouts.
    "at": "恰在", "below": "之前", "start": "起点",
    // Scores.
    "store_coverage": "门店覆盖", "overdue_days": "逾期天数", "complaints": "投诉", "complaint_hours": "投诉处理时长",
    "standard_rate": "达标率", "delivery": "交付", "efficiency": "效率", "service": "服务", "finance": "财务",
    "low_turnover": "周转慢", "weak_sales": "销售弱", "no_growth": "无增长", "low_engagement": "参与度低",
    "poor_service": "服务差", "financial_strain": "财务吃紧", "customer_loss": "客户流失", "thin_coverage": "覆盖不足",
    // Ratios.
    "liabilities_to_assets": "资产负债率", "current_ratio": "流动比率", "cash_flow_adequacy": "现金流充足率",
    "dso": "应收账款天数", "dio": "库存天数", "dpo": "应付账款天数", "cash_conversion_cycle": "现金转换周期",
    "stock_turnover": "库存周转率", "revenue_growth": "收入增长率", "our_share": "我方占比", "collection_days": "回款天数",
    // Proposals, kinds, parties.
    "reorganise": "重组", "replace": "替换", "too_late": "已过期限", "stricter_service": "从严服务",
    "coefficient": "系数", "quality": "质量", "candidate": "候选", "bottom": "末位", "top": "领先",
    "all": "全部", "no target": "无目标", "retained_margin": "保留的毛利", "resale": "转售",
    "signing": "签约", "existing customers": "现有客户", "used": "已采用", "in the table": "在表中",
    "left to awards": "留给奖励", "set aside: no rule in force": "未采用：没有生效的规则",
    "set aside: counted in the budget": "未采用：已计入预算", "stated in the plan": "计划中写明", "disruption": "中断",
    "response": "响应", "monitor": "监测", "ledger": "台账",
    // Models of forecasts and rules of alerts.
    "outside_below": "低于区间", "outside_above": "高于区间",
    "region_low": "区域偏低", "change_below": "突降", "change_above": "突升", "all_tests": "全部检验",
    "satisfaction_peers": "满意度低于同类",
  ]
}
