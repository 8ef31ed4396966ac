/// Reserves, shared losses, longer terms, and what to offer to whom.
extension Chinese {
  static let risk: [String: String] = [
    "How large a reserve should be": "准备金应有多大",
    "credit": "授信", "demand below the plan": "需求低于计划", "both together": "两者合计", "{} alone would take {}": "仅{}需 {}",
    "To cover the losses of {} of 100 years takes a reserve of {} {}.": "要覆盖 100 年中 {1} 年的损失，准备金需 {2}{3}。",
    "{}: less together than in sum, because bad years rarely meet": "{}：合计低于相加，因为坏年份很少同时出现",
    "The plan’s reserve of {} covers {} of years.": "计划的准备金 {} 覆盖 {} 的年份。",
    "Losses: margin below the plan where demand falls short, and defaults on credit, over the simulated years.":
      "损失指模拟年份中需求不足造成的低于计划的毛利，以及授信违约。",
    "{}: {} {} cover {} of years; what they do not cover is {} on average":
      "{}：{} {}可覆盖 {} 的年份；未覆盖部分平均为 {}",
    "needed": "所需", "Years that each reserve covers": "各准备金水平覆盖的年份",
    "reserve, {}": "准备金，{}", "years covered, %": "覆盖的年份，%", "reserves and what they cover": "准备金及其覆盖程度",
    "Who bears what slow stock loses": "滞销损失由谁承担",
    "Slow stock is expected to lose {} {} at {}.": "{3}的滞销库存预计损失 {1}{2}。",
    "By shareholding the maker bears {} of it, the partners {}.": "按持股比例，厂商承担其中 {}，伙伴承担 {}。",
    "The maker holds no shares there: the partners bear all {} of it.": "厂商未持股：全部 {} 由伙伴承担。",
    "The shareholding is not known at {}.": "{}的持股比例不详。",
    "borne by the partner": "由伙伴承担", "borne by the maker": "由厂商承担", "The largest losses, {}": "最大的损失，{}",
    "{}: loss {}, the maker’s part {}, the partner’s {}": "{}：损失 {}，厂商承担 {}，伙伴承担 {}",
    "Losses of slow stock by partner and who bears them": "各伙伴的滞销损失及承担方",
    "the largest losses of slow stock": "最大的滞销损失",
    "Sharing losses so that fewer fail": "分担损失以减少倒闭",
    "Partners expected to run out of money within the planned year: {} alone, {} where the maker shares their losses by the plan’s rule, which is expected to cost it {} {}.":
      "计划年度内预计资金耗尽的伙伴数：不分担为 {}，厂商按计划规则分担损失后为 {}，预计花费 {} {}。",
    "It helps {} most: from {} to {}.": "对 {} 帮助最大：由 {} 降至 {}。",
    "{}: {} alone, {} with losses shared, expected to cost {}": "{}：不分担 {}，分担后 {}，预计花费 {}",
    "alone": "不分担", "with losses shared": "分担损失后",
    "Chance of running out of money within the planned year": "计划年度内资金耗尽的概率",
    "Chance of failure alone and with losses shared": "不分担与分担损失后的倒闭概率",
    "partners most likely to fail": "最可能倒闭的伙伴",
    "Longer terms": "延长账期", "Longer terms would pay with no partner.": "对任何伙伴延长账期都不划算。",
    "Longer terms for {} are worth {} {} a year: margin on what they sell more, less what is expected to be lost and the cost of the money.":
      "为{1}延长账期每年值 {2}{3}：多销带来的毛利，减去预期损失和资金成本。",
    "In mature regions {} keep their terms; their service is measured more strictly instead.":
      "成熟区域的{}账期不变，改为更严格地考核服务。",
    "{}, {} days more": "{}，多 {} 天", "Gain of longer terms a year, {}": "延长账期的年收益，{}",
    "Gain of longer terms by partner": "各伙伴延长账期的收益", "longer terms by partner": "各伙伴的账期延长",
    "What to offer to whom": "向谁推荐什么",
    "{} to {}: a product that a partner does not buy yet, though many of those who buy the same as it do.":
      "向{2}提出{1}：伙伴尚未采购、而许多采购相同产品的伙伴已在采购的产品。",
    "{} offer": "{} 项推荐",
    "The best: {} to {}, who sells {}, with {} {} of expected margin a year, the chance that it buys counted in.":
      "最佳：向 {2} 推荐 {1}（其已销售 {3}），预期年毛利 {4}{5}，已计入其购买概率。",
    "Expected margin of the best offers, {}": "最佳推荐的预期毛利，{}", "Expected margin of the best offers": "最佳推荐的预期毛利",
    "the best offers": "最佳推荐",
  ]
}
