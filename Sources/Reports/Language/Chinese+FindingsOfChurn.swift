extension Chinese {
  /// Notes and warnings of churn and of what partners and customers are worth.
  static let findingsOfChurn: [String: String] = [
    // ChurnStage
    "neither sales nor customers are there to see churn in": "既没有销售也没有客户数据，无法判断流失",
    "the data do not support a churn model": "数据不足以建立流失模型",
    "the value of partners is their sales, not their margin": "经销商的价值按销售额而非毛利计",
    """
    {} interventions save more than they cost, if their effects are as assumed (built in: give your own under \
    churn.interventions)
    """: "{} 项干预在效果如假设时得大于失（内置假设：可在 `churn.interventions` 下给出自己的）",
    "{} interventions save more than they cost, if their effects are as assumed (of the plan)":
      "{} 项干预在效果如假设时得大于失（计划的假设）",
    "`{}` is assumed to keep {} % of the partners about to leave, at a cost of {} each":
      "假设“{}”可留住 {}% 的将流失经销商，每个成本 {}",
    "`{}` is assumed to keep {} % of the customers about to leave, at a cost of {} each":
      "假设“{}”可留住 {}% 的将流失客户，每个成本 {}",
    "churn of partners rests on {} departures in {} rows, penalty {}": "经销商流失模型依据 {2} 行中的 {1} 次流失，惩罚系数 {3}",
    "churn of customers rests on {} departures in {} rows, penalty {}": "客户流失模型依据 {2} 行中的 {1} 次流失，惩罚系数 {3}",
    "left out because others say the same: {}": "与其他变量重复而略去：{}",
    "left out because others say the same: {} is zero in every row": "每行均为零而略去：{}",
    // PartnerChurn, CustomerChurn: rows that are left out
    "{} rows partner × period whose outcome is not known yet were left out": "已略去结果尚未知的 {} 行（经销商 × 期间）",
    "{} partners that have never sold are not rated": "{} 个从未有销售的经销商不评估",
    "{} rows without a first order are leads, not customers": "{} 行没有首单，是线索而非客户",
    "{} customers of partners that have left are not rated": "{} 个客户的经销商已流失，不评估",
    // CustomerValuation, ValueError
    "not every customer is valued": "并非所有客户都已估值",
    "customers without a contract are not valued: {}": "无合同客户未估值：{}",
    "customers with a contract are not valued: {}": "有合同客户未估值：{}",
    "customers without a contract are not valued: no customer has a repeat purchase": "无合同客户未估值：没有客户重复购买",
    "customers without a contract are not valued: no customer has a time after its first purchase":
      "无合同客户未估值：没有客户在首次购买后有观察期",
    "customers without a contract are not valued: no customer has purchases with a value": "无合同客户未估值：没有客户有带金额的购买",
    """
    customers without a contract are not valued: customer {}: purchases, last purchase and end of observation do \
    not go together
    """: "无合同客户未估值：客户 {}：购买次数、最后购买与观察期末不一致",
    """
    customers without a contract are not valued: customer {}: the number of purchases and their mean value must \
    be above zero
    """: "无合同客户未估值：客户 {}：购买次数及平均金额须大于零",
    """
    customers without a contract are not valued: the likelihood of the BG/NBD model has no maximum for these \
    customers
    """: "无合同客户未估值：`BG/NBD` 模型对这些客户的似然没有最大值",
    """
    customers without a contract are not valued: the likelihood of the gamma-gamma model has no maximum for \
    these customers
    """: "无合同客户未估值：伽玛–伽玛模型对这些客户的似然没有最大值",
    "customers with a contract are not valued: no customer has ended a contract": "有合同客户未估值：没有客户终止过合同",
    "customers with a contract are not valued: customer {}: it has served {} contract periods":
      "有合同客户未估值：客户 {} 的合同期数为 {}",
    """
    customers with a contract are not valued: the likelihood of the contract renewal model has no maximum for \
    these customers
    """: "有合同客户未估值：续约模型对这些客户的似然没有最大值",
    // ChurnError, RegressionError: why there is no model
    "the churn of partners needs {} periods of history and there are {}": "经销商流失模型需要 {} 期历史，现有 {} 期",
    "the churn of customers needs {} periods of history and there are {}": "客户流失模型需要 {} 期历史，现有 {} 期",
    "{} partners have left, and a churn model needs {}": "流失的经销商有 {} 个，流失模型需要 {} 个",
    "{} customers have left, and a churn model needs {}": "流失的客户有 {} 个，流失模型需要 {} 个",
    "give a longer sales history, or a shorter churn.horizon": "请提供更长的销售历史，或缩短 `churn.horizon`",
    "give a longer history, or lower churn.partner.inactive_periods if departures go unseen":
      "请提供更长的历史；如有流失未被识别，请降低 `churn.partner.inactive_periods`",
    "the churn model of partners could not be fitted: {}": "经销商流失模型无法拟合：{}",
    "the churn model of partners could not be fitted: no row is left: {} rows with missing values were left out":
      "经销商流失模型无法拟合：没有剩余的行，{} 行因缺值而略去",
    "the churn model of partners could not be fitted: there is no row to fit": "经销商流失模型无法拟合：没有可用的行",
    "the churn model of partners could not be fitted: {} coefficients cannot be estimated from {} rows":
      "经销商流失模型无法拟合：{1} 个系数无法由 {2} 行估计",
    "the churn model of partners could not be fitted: column {} holds a value that is not a finite number":
      "经销商流失模型无法拟合：{} 列有非有限的数值",
    """
    the churn model of partners could not be fitted: the squares of column {} leave the range of floating-point \
    numbers
    """: "经销商流失模型无法拟合：{} 列的平方超出浮点数范围",
    "the churn model of partners could not be fitted: the outcome is {} in every row, so that nothing can explain it":
      "经销商流失模型无法拟合：每行的结果都是 {}，无从解释",
    "the churn model of partners could not be fitted: level {} of factor {} did not occur when the model was fitted":
      "经销商流失模型无法拟合：因子 {2} 的水平 {1} 在拟合时未出现",
    """
    the churn model of partners could not be fitted: {} tells the outcomes of {} rows apart without error, so \
    that the coefficients have no finite estimate
    """: "经销商流失模型无法拟合：{1} 可将 {2} 行的结果完全分开，系数没有有限的估计",
    """
    the churn model of partners could not be fitted: {} tell the outcomes of {} rows apart without error, so \
    that the coefficients have no finite estimate
    """: "经销商流失模型无法拟合：{1} 合起来可将 {2} 行的结果完全分开，系数没有有限的估计",
    "the churn model of partners could not be fitted: no event happens while anyone is at risk":
      "经销商流失模型无法拟合：观察期内没有发生流失",
    "the churn model of partners could not be fitted: no convergence after {} iterations: {}":
      "经销商流失模型无法拟合：迭代 {} 次仍未收敛：{}",
    """
    the churn model of partners could not be fitted: no convergence after {} iterations: the information matrix \
    became singular
    """: "经销商流失模型无法拟合：迭代 {} 次仍未收敛：信息矩阵奇异",
    """
    the churn model of partners could not be fitted: no convergence after {} iterations: no step along the \
    Newton direction improves the likelihood
    """: "经销商流失模型无法拟合：迭代 {} 次仍未收敛：沿牛顿方向无法再提高似然",
    "the churn model of customers could not be fitted: {}": "客户流失模型无法拟合：{}",
    "the churn model of customers could not be fitted: no row is left: {} rows with missing values were left out":
      "客户流失模型无法拟合：没有剩余的行，{} 行因缺值而略去",
    "the churn model of customers could not be fitted: there is no row to fit": "客户流失模型无法拟合：没有可用的行",
    "the churn model of customers could not be fitted: {} coefficients cannot be estimated from {} rows":
      "客户流失模型无法拟合：{1} 个系数无法由 {2} 行估计",
    "the churn model of customers could not be fitted: column {} holds a value that is not a finite number":
      "客户流失模型无法拟合：{} 列有非有限的数值",
    """
    the churn model of customers could not be fitted: the squares of column {} leave the range of floating-point \
    numbers
    """: "客户流失模型无法拟合：{} 列的平方超出浮点数范围",
    """
    the churn model of customers could not be fitted: the outcome is {} in every row, so that nothing can \
    explain it
    """: "客户流失模型无法拟合：每行的结果都是 {}，无从解释",
    "the churn model of customers could not be fitted: level {} of factor {} did not occur when the model was fitted":
      "客户流失模型无法拟合：因子 {2} 的水平 {1} 在拟合时未出现",
    """
    the churn model of customers could not be fitted: {} tells the outcomes of {} rows apart without error, so \
    that the coefficients have no finite estimate
    """: "客户流失模型无法拟合：{1} 可将 {2} 行的结果完全分开，系数没有有限的估计",
    """
    the churn model of customers could not be fitted: {} tell the outcomes of {} rows apart without error, so \
    that the coefficients have no finite estimate
    """: "客户流失模型无法拟合：{1} 合起来可将 {2} 行的结果完全分开，系数没有有限的估计",
    "the churn model of customers could not be fitted: no event happens while anyone is at risk":
      "客户流失模型无法拟合：观察期内没有发生流失",
    "the churn model of customers could not be fitted: no convergence after {} iterations: {}":
      "客户流失模型无法拟合：迭代 {} 次仍未收敛：{}",
    """
    the churn model of customers could not be fitted: no convergence after {} iterations: the information matrix \
    became singular
    """: "客户流失模型无法拟合：迭代 {} 次仍未收敛：信息矩阵奇异",
    """
    the churn model of customers could not be fitted: no convergence after {} iterations: no step along the \
    Newton direction improves the likelihood
    """: "客户流失模型无法拟合：迭代 {} 次仍未收敛：沿牛顿方向无法再提高似然",
    "fill in the missing values, or leave out the predictors that miss them": "请补全缺失值，或去掉有缺失的变量",
    "leave out predictors, merge levels of factors, or add a ridge penalty": "请减少变量、合并因子水平，或加岭惩罚",
    "mark missing values as such and choose a policy for them": "请标明缺失值并选择处理方式",
    "express the column in other units": "请换用其他单位表示该列",
    "take a longer history, or another definition of the event": "请用更长的历史，或改变流失的定义",
    "fit again on data with that level, or let unseen levels count as the reference level":
      "请用含该水平的数据重新拟合，或将未见水平视为基准水平",
    "drop the column, merge its levels, or add a ridge penalty": "请去掉该列、合并其水平，或加岭惩罚",
    "look for nearly dependent columns or extreme values, or add a ridge penalty": "请检查近似相关的列或极端值，或加岭惩罚",
    // ValueStage
    "there is no model of churn": "没有流失模型",
    "no cross-selling is proposed": "没有交叉销售建议",
    "the potential of places is not known": "各地潜力未知",
  ]
}
