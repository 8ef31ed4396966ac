import ChannelTypes
import Foundation
import Planning
import SampleNetwork
import Tables
import Testing

/// The bundled network as an exporter in China would write it: Chinese headers, GB18030, semicolons, Windows line
/// ends, file names in Chinese. The drafted plan must map every column, or ask, and its forecast must be the same.
@Suite struct ChineseExportTests {
  /// File names by table.
  private static let files: [String: String] = [
    "sales": "销售明细", "partners": "经销商档案", "inventory": "库存快照", "customers": "终端客户", "budget": "市场费用",
    "targets": "销售目标", "regions": "城市清单", "products": "产品目录", "orders": "往来单据", "deliveries": "交货记录",
    "market_index": "市场指数", "incidents": "投诉记录", "finance": "财务报表", "receivables": "应收明细",
    "competitors": "竞品信息", "events": "节假日", "drivers": "外部因素", "candidates": "候选经销商", "lanes": "运输线路",
    "price_book": "价格表", "contracts": "合同台账", "staff": "员工名单", "experiments": "对照实验",
    "incentive_ledger": "激励台账",
  ]

  /// Headers by column, for one table (`table.column`) or for all; traditional characters here and there.
  private static let headers: [String: String] = [
    "period": "月份", "partner_id": "经销商编号", "product_id": "产品型号", "region": "大区", "city": "所在城市",
    "sell_in_qty": "进货数量", "sell_out_qty": "销售数量", "sell_in_value": "进货金额（元）",
    "sell_out_value": "銷售金額(元)", "list_price": "目录价", "net_price": "成交价", "promo_id": "促销活动编号",
    "promo_days": "促销天数", "returns_qty": "退货数量", "stockout_days": "缺货天数", "name": "名称",
    "partners.name": "经销商名称", "channel_type": "渠道类型", "partners.grade": "经销商等级", "signed_on": "签约日期",
    "contract_end": "合同到期日", "outlets": "门店数", "partners.staff": "员工人数", "candidates.staff": "员工人数",
    "dedicated_staff": "专职人员数", "customers_n": "客户数量", "working_capital": "流动资金",
    "credit_limit": "信用额度", "terms_days": "账期天数", "lead_time_days": "到货周期", "satisfaction": "满意度评分",
    "star_years": "连续达标年数", "shareholding_pct": "持股比例", "status": "合作状态", "snapshot": "盘点日期",
    "on_hand": "在库数量", "on_order": "在途数量", "unit_cost": "单位成本", "oldest_receipt": "最早入库日期",
    "last_sale": "最近销售日期", "moq": "最小起订量", "pack": "装箱数", "customer_id": "客户编号", "stage": "客户阶段",
    "first_contact": "首次接触日期", "first_order": "首单日期", "last_order": "最近下单日期", "orders_n": "订单数",
    "customers.revenue": "累计收入", "customers.margin": "累计毛利", "renewals": "续约次数", "expires_on": "到期日期",
    "segment": "客户类型", "spend_type": "费用科目", "budget.amount": "费用金额", "committed": "承诺金额",
    "outcome_value": "归因毛利", "level": "层级", "id": "考核对象", "measure": "考核指标", "targets.amount": "目标值",
    "owner": "责任人", "pinned": "是否锁定", "regions.city": "城市", "parent": "所属省份", "city_tier": "城市等级",
    "population": "常住人口", "potential": "市场容量", "maturity": "市场成熟度", "lat": "纬度", "lon": "经度",
    "neighbours": "相邻城市", "family": "产品系列", "products.role": "产品角色", "launched_on": "上市日期",
    "shelf_days": "保质期天数", "products.margin": "毛利率", "order_id": "单据编号", "orders.kind": "单据类型",
    "date": "日期", "amount": "金额", "qty": "数量", "ref": "关联单号", "promised_days": "承诺天数",
    "actual_days": "实际天数", "index": "市场指数", "incidents.kind": "投诉类型", "severity": "严重程度",
    "response_hours": "响应时长", "resolved": "是否解决", "year": "会计年度", "finance.revenue": "营业收入",
    "net_profit": "净利润", "assets": "资产总额", "equity": "所有者权益", "liabilities": "负债总额",
    "current_assets": "流动资产", "current_liabilities": "流动负债", "op_cash": "经营现金流",
    "receivables": "应收账款", "payables": "应付账款", "finance.stock": "存货", "bureau_score": "征信评分",
    "invoice_id": "发票号", "issued": "开票日期", "due": "到期日", "paid": "回款日期", "receivables.amount": "发票金额",
    "rival": "竞争对手", "competitors.outlets": "对手门店数", "price": "价格水平", "share": "市场份额",
    "promo": "促销天数", "events.name": "节日名称", "value": "数值", "drivers.name": "因素名称",
    "candidate_id": "候选编号", "candidates.name": "企业名称", "fixed_office": "是否有固定办公场所",
    "shares_data": "是否共享数据", "years_in_trade": "从业年限", "rival_brands": "竞品品牌数",
    "signing_cost": "签约费用", "expected_monthly_sales": "预计月销售额", "from_partner": "调出经销商",
    "to_partner": "调入经销商", "cost_per_unit": "单位运费", "days": "运输天数", "distance_km": "距离(公里)",
    "truck_cost": "整车运费", "capacity": "装载量", "valid_from": "生效日期", "valid_to": "失效日期",
    "dealer_price": "经销价", "floor_price": "最低限价", "contract_id": "合同编号", "starts_on": "合同开始日期",
    "ends_on": "合同结束日期", "tier": "代理级别", "territory": "授权区域", "exclusive": "是否独家",
    "annual_target": "年度任务", "notice_days": "提前通知天数", "deposit": "履约保证金", "buyback_pct": "回购比例",
    "compensation_pct": "补偿比例", "profit_split_pct": "利润分成比例", "staff_id": "工号", "staff.name": "姓名",
    "department": "部门", "staff.role": "岗位", "manager": "直属上级", "hired_on": "入职日期", "left_on": "离职日期",
    "days_per_month": "每月工作日", "calls_per_day": "日均拜访", "monthly_cost": "人力成本",
    "experiment_id": "实验编号", "arm": "组别", "starts": "开始月份", "ends": "结束月份", "extra_spend": "追加投入",
    "randomised": "是否随机", "lift_value": "增量毛利", "lift_standard_error": "标准误", "entry_id": "流水号",
    "incentive_ledger.kind": "激励类型", "incentive_ledger.period": "结算期间", "points": "积分",
    "incentive_ledger.amount": "发放金额",
  ]

  private static func header(_ table: String, _ column: String) -> String {
    headers["\(table).\(column)"] ?? headers[column] ?? column
  }

  /// The table as semicolon-separated text.
  private static func text(_ table: Table) -> String {
    var text = table.columns.map { header(table.name, $0.name) }.joined(separator: ";") + "\r\n"
    for row in 0..<table.rowCount {
      let cells = table.columns.map { column in
        let cell = column.text(row) ?? ""
        return cell.contains(";") || cell.contains("\"") ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
      }
      text += cells.joined(separator: ";") + "\r\n"
    }
    return text
  }

  private static func gb18030(_ text: String) throws -> Data {
    let converter = iconv_open("GB18030", "UTF-8")
    defer { iconv_close(converter) }
    var input = Array(text.utf8CString.dropLast())
    var output = [CChar](repeating: 0, count: input.count * 2 + 64)
    let room = output.count
    var left = room
    var inputLeft = input.count
    let status = input.withUnsafeMutableBufferPointer { from in
      output.withUnsafeMutableBufferPointer { to in
        var (source, target) = (from.baseAddress, to.baseAddress)
        return iconv(converter, &source, &inputLeft, &target, &left)
      }
    }
    try #require(status != Int(bitPattern: UInt.max))
    return Data(output.prefix(room - left).map { UInt8(bitPattern: $0) })
  }

  @Test func theBundledNetworkInChineseIsDraftedAndForecastsTheSame() async throws {
    var specification = NetworkSpecification()
    specification.partners = 12
    specification.servedCities = 12
    specification.products = 8
    specification.seed = 11
    let network = try SampleNetwork.generate(specification)
    let files = try PlanFiles([:])
    for table in network.tables {
      let name = try #require(Self.files[table.name])
      try Self.gb18030(Self.text(table)).write(to: URL(filePath: "\(files.folder)/\(name).csv"))
    }
    var findings = Findings()
    let draft = try #require(PlanDraft.fromFolder(files.folder, findings: &findings))

    // 1. Every file is its table, and every column is mapped right or asked about.
    for table in network.tables {
      let drafted = try #require(draft.tables.first { $0.table.rawValue == table.name }, "\(table.name)")
      #expect(drafted.obstacle == nil, "\(drafted.obstacle ?? "")")
      #expect(drafted.file == Self.files[table.name]! + ".csv")
      #expect(drafted.dialect.encoding == .gb18030 && drafted.dialect.separator == UInt8(ascii: ";"))
      for column in table.columns {
        let known = InputSchemas.schema(for: drafted.table)[column: column.name] != nil
        guard known, column.count > 0, (0..<column.count).contains(where: column.isKnown) else { continue }
        let mapping = drafted[column.name]
        let header = Self.header(table.name, column.name)
        #expect(
          mapping?.source == header || mapping?.question != nil,
          "\(table.name).\(column.name) is \(mapping?.source ?? "not mapped") and not \(header)")
      }
    }
    #expect(draft.problems.isEmpty, "\(draft.problems.map(\.message))")
    #expect(draft.frequency.value == .month && draft.horizon.value == 12 && draft.currency.value == "CNY")

    // 2. The plan holds, and forecasts what the network's own tables do.
    try Data(draft.yaml(folder: "", origin: "导出").utf8).write(to: URL(filePath: files.folder + "/plan.yaml"))
    let overrides = ["forecast.models=seasonal_naive", "forecast.select.windows=1", "seed=1"]
    let (loaded, loading) = files.load(overrides: overrides)
    #expect(!loading.hasErrors, "\(loading.kept.map(\.message))")
    let drafted = try #require(loaded)
    var own = drafted
    try network.write(to: files.folder + "/own")
    own.plan.data = Dictionary(
      uniqueKeysWithValues: network.tables.compactMap { table in
        InputTable(rawValue: table.name).map { name in
          (name, TableReference(path: "\(files.folder)/own/data/\(table.name).csv"))
        }
      })
    let first = try #require(await Run.evaluate(drafted, only: [.forecast], threads: 2, findings: &findings))
    let second = try #require(await Run.evaluate(own, only: [.forecast], threads: 2, findings: &findings))
    for name in ["forecast", "forecast_totals", "history"] {
      let one = try #require(first.tables.first { $0.name == name })
      let other = try #require(second.tables.first { $0.name == name })
      #expect(one.rowCount == other.rowCount && one.rowCount > 0)
      for (left, right) in zip(one.columns, other.columns) {
        #expect(left.name == right.name)
        #expect((0..<left.count).allSatisfy { left.text($0) == right.text($0) }, "\(name).\(left.name) differs")
      }
    }
  }
}
