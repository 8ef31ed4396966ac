extension Chinese {
  /// The method card.
  static let method: [String: String] = [
    "Method": "方法",
    "How was it computed?": "怎么算出来的？",
    "Words": "术语",
    "Models": "模型",
    "What the figures cannot say": "数字说明不了什么",
    """
    Each product at each partner is forecast by the average of last year’s sales, exponential smoothing \
    and a regression on price, promotion, trend and season; by one of them alone where it missed clearly \
    less on periods held out, or where the plan says so. Sums of products, partners and regions add up \
    exactly; ranges come from simulated futures on shared draws.
    """:
      "每个经销商的每个产品，用去年同期销量、指数平滑与以价格、促销、趋势和季节为变量的回归三者的平均预测；某一种在留出期误差明显更小，或计划指定时，只用该种。产品、经销商和区域的合计完全相符；区间来自共用随机抽样的未来模拟。",
    """
    Linear regression of the logarithm of sales on the drivers, with the level of each series and the \
    season taken out; the ranges allow for correlation within a series.
    """: "以销量对数对各驱动因素做线性回归，并剔除各序列水平和季节；区间考虑了序列内相关。",
    """
    Chance of leaving month by month: penalised logistic regression on smooth curves of the partners’ \
    and customers’ own history, judged on later cases.
    """: "逐月流失概率：以经销商和客户自身历史的平滑曲线做惩罚逻辑回归，用之后的样本检验。",
    "Budget": "预算",
    """
    Curves with falling returns are fitted to past spend and what followed; the budget is then placed \
    exactly: one more unit of money is worth the same wherever no limit holds, a region’s margin by its \
    weight.
    """: "对历史投入及其结果拟合收益递减曲线，再精确求解投放：凡不受限之处，每多投一单位资金的价值相同（区域毛利按其权重计）。",
    "Stock": "库存",
    """
    Safety stock from simulated demand over lead time and review period at the plan’s service level; \
    what is too much is moved or promoted, whichever costs less.
    """: "安全库存由提前期和盘点周期内的模拟需求按计划的服务水平得出；多余库存调拨或促销，取成本较低者。",
    "Forecasts continue what the history shows; a new rival, a new rule or a new product is not in them.":
      "预测延续历史规律；新对手、新规则或新产品不在其中。",
    """
    Spend was placed by people who expected something: where it followed demand, a curve flatters it. \
    Outside the solid part of a curve nothing was ever tried.
    """: "历史投入是人按预期投放的：若投入跟着需求走，曲线会高估效果。曲线实线以外从未试过。",
    """
    The ranges tell the uncertainty of the model that was chosen, not that another model might have \
    been right.
    """: "区间只反映所选模型的不确定性，不反映模型本身可能选错。",
    "How good the decisions are": "决策有多好",
    "decision": "决策",
    "status": "状态",
    "reached": "达到",
    "bound": "界",
    "in words": "说明",
    "certificates of the decisions": "决策的最优性证明",
    "All key figures": "全部关键指标",
    "better": "方向",
    "name": "名称",
    "all key figures": "全部关键指标",
    "Settings": "设置",
    "Every value that the run used, and where it was written.": "本次运行使用的每个值及其出处。",
    "key": "键",
    "settings": "设置",
  ]
}
