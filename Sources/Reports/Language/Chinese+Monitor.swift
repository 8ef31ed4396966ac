extension Chinese {
  /// The sections on the channel monitor, the funnel, coverage and conflict.
  static let monitor: [String: String] = [
    "Channel monitor": "渠道监测", "How does the channel do?": "渠道表现如何？",
    "What the key figures are": "指标口径",
    "Months, quarters and years count only where the history covers them whole; n/a where nothing divides.":
      "只统计历史数据完整覆盖的月、季、年；分母为零时记为不详。",
    "{}. Change: {}.": "{}。变化：{}。", "we": "本方", "Our share and rivals’": "本方与竞品份额",
    "We hold {} of the market in {}, {} against the year before.": "{2}本方市场份额为 {1}，同比 {3}。",
    "All shares of a quarter together stay below the whole market, as they must where they mean the same one.":
      "各季度份额合计均不超过整个市场，口径一致。",
    "In {} regions and quarters shares exceed the whole market: they do not mean the same one.":
      "有 {} 个区域季度的份额合计超过整个市场：市场口径不一致。",
    "Share of the market by quarter": "各季度市场份额", "share of the market": "市场份额",
    "shares of the last quarter by region": "最近季度各区域份额", "{} points": "{} 个百分点",
    "{}, cities of tier {}: {} units, {} for a thousand people, {} on the year before":
      "{}，{} 线城市：{} 件，每千人 {} 件，同比 {}",
    "Where demand is": "需求分布",
    "Units sold in the last twelve months for a thousand people who live there, by region and tier of city.":
      "按区域和城市级别：近十二个月每千人销量。",
    "The densest: cities of tier {} in {} with {}.": "最密集：{2}的 {1} 线城市，每千人 {3} 件。",
    "tier {}": "{} 线", "Demand by region and tier of city": "各区域各级城市需求",
    "Units for a thousand people; the largest is {}.": "每千人销量，最大值 {}。",
    "demand by region and tier of city": "各区域各级城市需求",
    "Sales of {}: {} {}, {} on the year before and {} on the period before.": "{}销售额 {} {}，同比 {}，环比 {}。",
    "The Lunar New Year falls otherwise into the two years: compare with care.": "两年的春节落在不同时段，比较时须留意。",
    "{} on the year before, {}": "同比 {}，{}", "{}; nothing to compare with": "{}，无可比数据",
    "The network by quarter": "全网络各季度", "{}: {}, {} on the year before": "{}：{}，同比 {}",
    "Each against its own scale from zero; hover for the change on the year before.": "各图自有刻度，均从零起；悬停查看同比。",
    "key figures of the network": "全网络关键指标", "figure": "指标", "period": "期间", "value": "数值",
    "on the year before": "同比", "on the period before": "环比", "{}, {}: {}, {} on the year before": "{}，{}：{}，同比 {}",
    "Regions against the year before": "各区域同比",
    "In {} every region sold at least as much as the year before.": "{}各区域销售额均不低于上年同期。",
    "In {} {} of {} regions sold less than the year before: {}.": "{1}，{3} 个区域中有 {2} 个低于上年同期：{4}。",
    "Orange is less, blue is more; the stronger the colour, the further from it.": "橙色为减少，蓝色为增加，颜色越浓变化越大。",
    "Sales by region against the year before": "各区域销售额同比", "the last quarter by region": "最近季度各区域",
    "Between channel types": "渠道类型对比", "{} sells the most: {} of the network in {}.": "{1}销售最多：{3}占全网络 {2}。",
    "channel type": "渠道类型", "the last quarter by channel type": "最近季度各渠道类型", "sales": "销售额",
    "share of the network": "占全网络", "active partners": "活跃伙伴", "sales per partner": "户均销售额",
    "conversion": "转化率", "average order value": "客单价",
    "Funnel": "漏斗", "Where do orders stall?": "订单卡在哪里？",
    "{}: {}, {} fewer than in the stage before; {} {}": "{}：{}，比上一阶段少 {}；{} {}",
    "From lead to repeat customer": "从线索到复购客户", "From order to cash, twelve months": "从订单到回款（十二个月）",
    "Of {}, {} come to the end, {}.": "{} 个中有 {} 个走到最后，占 {}。",
    "Most are lost, or still on the way, before “{}”: {}.": "流失或停留最多的环节在“{}”之前：{}。",
    "came at least so far": "至少到达此阶段", "lost, or still in the stage before": "流失，或仍停留在上一阶段",
    "stages of the funnel": "漏斗各阶段", "{}, {} months after: {} shipped, of {}": "{}，{} 个月后：已发货 {}，共 {} 笔",
    "How fast promises turn into shipments": "承诺转为发货的速度",
    "{} of the money of {}s is shipped in the month in which they come in.": "{2}金额中有 {1} 在到账当月发货。",
    "Share shipped by age": "按账龄的发货比例", "months since it was received": "到账后月数", "share shipped": "已发货比例",
    "conversion by age, network": "全网络按账龄转化", "{}: {} open, of which {} stuck": "{}：未发 {}，其中滞留 {}",
    "{} others": "其余 {} 个", "Open and stuck prepayments and orders": "未发与滞留的预付款和订单",
    "{} {} are to be shipped, {} of them are stuck: open for longer than nearly all others ever were.":
      "待发货 {} {}，其中滞留 {}：未结时间超过以往绝大多数。",
    "{} {} are to be shipped; none of it is stuck.": "待发货 {} {}，无滞留。", "open": "未发", "stuck": "滞留",
    "Open balances by partner": "各伙伴未发余额", "what open orders are expected to bring": "未结订单的预期收入",
    "Coverage": "覆盖", "Where next?": "下一步去哪里？",
    "{}, {}: {} of {} {} sold, {} of {} cities served": "{1}，{2}：潜力 {4} {5} 已实现 {3}，{7} 个城市中已服务 {6} 个",
    "How deep we are": "市场渗透",
    "{} of {} cities are served; the share of the potential that is sold, by region and tier of city.":
      "{2} 个城市中已服务 {1} 个；按区域和城市级别列出潜力实现比例。",
    "Share of the potential by region and tier of city": "各区域各级城市潜力实现比例", "The largest share is {}.": "最大比例 {}。",
    "areas": "片区", "{}, {} cities without us": "{}，空白城市 {} 个", "White space": "空白市场",
    "The most is left in {}: {} {} a year of potential that nobody of us sells.": "空白最大的是{}：每年 {} {} 潜力尚未实现。",
    "Blue areas are those that the plan calls high potential.": "蓝色为方案认定的高潜力片区。",
    "Potential that is not sold, by area": "各片区未实现潜力",
    "potential by region and segment of customers": "各区域各客群潜力",
    "Conflict": "窜货与冲突", "Where do goods leak?": "货物从哪里外流？",
    "{} to {}: price {}, freight {}, left {}; widest {} {}": "{} 到 {}：价差 {}，运费 {}，净差 {}；最大为 {} {}",
    "What carrying goods across a border pays": "跨区窜货的获利空间",
    "{} of {} pairs of regions pay, most of all {} to {}: {} of the price is left after freight.":
      "{2} 对区域中有 {1} 对有利可图，最大为 {3} 到 {4}：扣除运费后余价格的 {5}。",
    "No pair of regions differs in price by more than the freight.": "没有任何一对区域的价差超过运费。",
    "Single products do in {} of {} pairs; hover for the widest.": "{2} 对中有 {1} 对存在个别产品价差超过运费，悬停查看最大者。",
    "Rows: where the goods are bought; columns: where they would be sold; per cent of the price there, freight paid. Orange pays.":
      "行：进货区域；列：销往区域；扣除运费后占当地价格的百分比。橙色有利可图。",
    "Price gaps between regions after freight": "区域间扣除运费后的价差", "price gaps by pair": "各区域对价差",
    "Who has let goods leak": "窜货记录",
    "{} with {} incidents of diversion or dumping, {} of them unresolved; {} is the gravest case.":
      "{}有 {} 起窜货或低价倾销，其中 {} 起未解决；{} 最严重。", "the gravest cases": "最严重的案例", "all cases": "全部案例",
    "{}, {}: {}, {} {} at stake": "{}，{}：{}，涉及 {} {}", "By cause and severity": "按原因和级别",
    "At stake: of sales, three months of what is missing; of stock, what lies above its upper line or sells too slowly.":
      "涉及金额：销售按三个月的缺口计；库存按超出上线或滞销的部分计。",
    "Most money is at stake for “{}”: {} of {} {}.": "涉及金额最多的原因是“{}”：{3} {4} 中的 {2}。",
    "Alerts by cause and severity": "按原因和级别的预警", "{} partner": "{} 个伙伴", "{} alert": "{} 条预警",
    "{} transfer": "{} 笔调拨",
  ]

  /// What the monitor stage writes in English: figures, their formulas, stages of the funnel.
  static let monitorLabels: [String: String] = [
    "Sales": "销售额", "Units sold": "销量", "Share of the network's sales": "占全网络销售额", "Active partners": "活跃伙伴数",
    "Sales per active partner": "活跃伙伴户均销售额", "Conversion of leads": "线索转化率", "Average order value": "客单价",
    "sum of sell_in_value; of sell_out_value where sales has no sell_in_value":
      "sell_in_value 合计；销售表无 sell_in_value 时为 sell_out_value 合计",
    "sum of sell_out_qty; of sell_in_qty where sales has no sell_out_qty":
      "sell_out_qty 合计；销售表无 sell_out_qty 时为 sell_in_qty 合计",
    "sales of the region or channel type / sales of the network": "区域或渠道类型销售额 / 全网络销售额",
    "number of partners with a purchase or a sale in the period": "期内有进货或出货的伙伴数",
    "sales / active_partners": "销售额 / 活跃伙伴数",
    "customers with first_contact in the period and first_order at most {} months after its month / customers with first_contact in the period; unknown until those months are over":
      "期内首次接触且其后 {} 个月内首次下单的客户数 / 期内首次接触的客户数；期限未满时为未知",
    "sum of amount of prepayments and orders dated in the period / their number": "期内预付款与订单金额合计 / 笔数",
    "value - earlier value, as a share": "本期值 − 前期值（百分点）",
    "value / earlier value - {}; unknown where it was zero": "本期值 / 前期值 − {}；前期为零时为未知",
    "Sales of {}": "{}销售额", "Sales of {} against the year before": "{}销售额同比", "Partners active in {}": "{}活跃伙伴",
    "tier {}": "{} 线城市",
  ]

  static let monitorWords: [String: String] = [
    "contacted": "已接触", "intent": "有意向", "near_close": "临近成交", "customer": "客户", "repeat_customer": "复购客户",
    "promised": "已下单或预付", "shipment": "已发货", "invoice": "已开票", "cash": "已回款", "prepayment": "预付款", "order": "订单",
    "leads": "线索", "orders": "订单",
  ]
}
