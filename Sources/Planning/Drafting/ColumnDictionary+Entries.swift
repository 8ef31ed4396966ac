/// The entries of the dictionary: names in use for tables, columns and words. A new name is one word more in a line.
extension ColumnDictionary {
  static let entries = """
    [*]
    period: 月份, 期间, 日期, 月度, 周, 周次, 年月, 会计期间, 统计期间, 销售月份, 销售日期, 时间, 年份, 季度, 账期, date, month, week, quarter, year month, time, time period, posting date, fiscal period, ym, ds, calendar month
    partner_id: 经销商编号, 经销商编码, 经销商代码, 经销商, 代理商编号, 代理商编码, 代理商, 伙伴编号, 合作伙伴编号, 合作伙伴, 渠道商, 渠道商编号, 分销商, 分销商编号, 门店, 门店编号, 客户编码, ?客户编号, ?客户, 商户编号, 加盟商, 加盟商编号, dealer, dealer id, dealer code, dealer no, agent, agent id, agent code, distributor, distributor id, distributor code, reseller, reseller id, partner, partner code, partner no, retailer, store, store id, shop, shop id, outlet id, account, account id, ?customer, ?customer id, ?customer code, ?client, branch, sold to, sold to party
    product_id: 产品编号, 产品编码, 产品代码, 产品, 产品型号, 型号, 商品编号, 商品编码, 商品, 货号, 物料编码, 物料号, 物料, 品号, ?品类, ?品牌, sku, sku code, sku id, product, product code, product no, item, item id, item code, item no, material, material number, article, article no, model, upc, ean, part number, ?series id, ?series, ?unique id, ?brand, ?category, ?industry
    region: 区域, 大区, 省, 省份, 地区, 片区, 战区, 销售区域, 所属区域, 所属大区, 分公司, 省区, province, area, territory, state, zone, market, geo, sales region, district, ?country
    city: 城市, 所在城市, 地市, 市, 地级市, town, metro, ?location
    list_price: 标价, 目录价, 挂牌价, 零售价, 市场价, 标准价, 原价, rrp, msrp, catalogue price, regular price, retail price
    net_price: 实际价格, 成交价, 净价, 实售价, 单价, 平均单价, 均价, 售价, price, unit price, selling price, average price, net unit price
    name: 名称, 公司名称, 单位名称, 全称, 简称, full name, company, company name
    unit_cost: 单位成本, 成本单价, 成本价, 进货价, cost per unit, cost price, unit price cost
    channel_type: 渠道类型, 渠道, 渠道性质, 经销商类型, 合作类型, 伙伴类型, channel, type, partner type, dealer type, channel class
    outlets: 门店数, 网点数, 网点, 门店数量, 终端数, 销售网点, stores, shops, points of sale, store count, number of stores, pos count
    staff: 员工数, 人数, 人员数, 员工人数, 总人数, employees, headcount, staff count, number of employees
    dedicated_staff: 专职人员, 专职人数, 专职人员数, 专属人员, dedicated employees, dedicated headcount
    customers_n: 客户数, 客户数量, 终端客户数, number of customers, customer count
    working_capital: 流动资金, 周转资金, 营运资金, 资金实力, capital, funds
    bureau_score: 征信评分, 征信分, 信用评分, 信用分, credit score, rating score
    amount: 金额, 数额, 款额, value, sum, total amount
    qty: 数量, 件数, 台数, quantity, units, pieces
    revenue: 营业收入, 收入, 销售收入, 销售额, 累计收入, 累计消费, sales, turnover, total revenue, total charges
    margin: 毛利, 毛利率, 利润贡献, 贡献毛利, 毛利额, gross margin, contribution, margin rate
    spend_type: 费用科目, 费用类型, 费用类别, 科目, 支出类型, 投入类型, 费用项目, expense type, cost type, expense category, spend category, budget item, account title
    kind: 类型, 类别, 种类, 性质, category, type, document type, entry type
    ref: 参考单号, 关联单号, 来源单号, 关联单据, 原单号, 依据, reference, reference no, source document, related order

    [sales] 销售, 销量, 销售明细, 销售数据, 销售流水, 出货, 进销, 流水, 动销, sell out, sell in, sellout, turnover, scanner, transactions, shipments, pos, 销售记录
    sell_in_qty: 出货, 发货, 提货, 进货量, 进货数量, 进货, 提货量, 提货数量, 发货量, 发货数量, 出货量, 出货数量, 采购数量, 入库数量, sell in, sell in units, sellin, shipped, shipped units, shipped qty, shipments, purchase qty, purchased units, units shipped
    sell_out_qty: 销量, 销售数量, 销售量, 实销, 实销量, 动销, 动销量, 零售量, 终端销量, 销售台数, 销售件数, 出库数量, sell out, sell out units, sellout, sold, units sold, quantity sold, sales qty, sales quantity, sales units, volume, pos units, demand, pieces sold, pcs sold, units pcs, sold pcs, ?pieces, ?pcs, ?pc, ?pce, ?qty pcs, ?pcs qty, ?quantity pcs, ?qty pieces, ?qty units, ?unit count, ?units, ?qty, ?quantity, ?数量, ?件数, ?台数, ?套数, ?箱数, ?台量, ?件量, ?value
    sell_in_value: 进货额, 进货金额, 提货额, 提货金额, 发货额, 发货金额, 出货额, 出货金额, 开票金额, 采购金额, sell in amount, sell in revenue, shipped value, invoiced, invoice amount, invoiced amount, purchase amount
    sell_out_value: 销售额, 销售金额, 实销金额, 零售额, 终端销售额, 销售收入, 营业额, sales value, sales amount, net sales, revenue, sales revenue, turnover, sell out amount, retail sales, ?sales, ?金额, ?amount, ?收入
    promo_id: 促销编号, 促销活动, 活动编号, 促销, 活动名称, promotion, promotion id, campaign, campaign id
    promo_days: 促销天数, 活动天数, promotion days, days on promotion
    order_id: 订单号, 订单编号, 单号, 销售单号, 单据编号, 单据号, 小票号, order, order no, order number, invoice no, document no, receipt no, transaction id
    returns_qty: 退货量, 退货数量, 退货, returns, returned units, return qty, refunds
    stockout_days: 缺货天数, 断货天数, 脱销天数, days out of stock, oos days, stock out days

    [partners] 经销商, 代理商, 合作伙伴, 伙伴, 渠道商, 分销商, 门店, 经销商档案, 经销商信息, 客户档案, 门店信息, dealers, agents, distributors, resellers, stores, retailers, shops, accounts, dealer master, partner list, store demographics
    partner_id: 编号, 编码, 代码, id, code, no, number
    name: 经销商名称, 代理商名称, 伙伴名称, 门店名称, 客户名称, 渠道商名称, dealer name, partner name, agent name, store name, distributor name, account name
    grade: 等级, 级别, 合作等级, 经销商等级, 评级, 星级, 客户等级, level, tier, class, rating, rank
    signed_on: 签约日期, 签约时间, 首次签约, 首签日期, 合作开始日期, 加盟日期, 入网日期, signed, contract start, start date, joined, onboarded, since
    contract_end: 合同到期, 合同到期日, 合同到期日期, 合同终止日期, 到期日期, 合同结束日期, contract end date, contract expiry, end date, expires
    credit_limit: 信用额度, 授信额度, 授信, 信用限额, 赊销额度, credit line, credit
    terms_days: 账期, 账期天数, 付款期限, 信用天数, 付款天数, payment terms, terms, payment days, credit days
    lead_time_days: 交货期, 到货周期, 到货天数, 供货周期, 交货天数, 提前期, lead time, delivery time, delivery days
    satisfaction: 满意度, 满意度评分, 满意度得分, satisfaction score, survey score, nps
    star_years: 连续达标年数, 达标年数, 明星年数, 连续达标, years met, years on target
    shareholding_pct: 持股比例, 入股比例, 股份占比, 股权比例, shareholding, share held, equity share, ownership
    status: 状态, 合作状态, 经营状态, 是否有效, state of cooperation, active

    [inventory] 库存, 存货, 库存明细, 库存快照, 盘点, 库存数据, stock, stocks, stock on hand, warehouse, stock snapshot
    snapshot: 日期, 盘点日期, 库存日期, 快照日期, 截止日期, 统计日期, 月末, date, count date, stock date, snapshot date, as of, as of date, period, month
    on_hand: 库存, 库存量, 库存数量, 现有库存, 在库, 在库数量, 期末库存, 可用库存, 实际库存, stock, stock on hand, stock qty, quantity on hand, on hand qty, inventory, closing stock, ?qty, ?quantity, ?数量
    on_order: 在途, 在途数量, 在途库存, 在途量, 已订未到, 未到货, in transit, open orders, ordered, pipeline
    oldest_receipt: 最早入库日期, 最早入库, 最早到货日期, 最早进货日期, oldest stock, oldest receipt date, first receipt
    last_sale: 最近销售日期, 最后销售日期, 最近销售, 最近动销日期, last sale date, last sold, last sold on
    moq: 最小起订量, 起订量, 最小订货量, 最低订量, minimum order, minimum order quantity
    pack: 包装数, 装箱数, 装箱量, 包装规格, 箱规, 订货倍数, pack size, case size, case pack, multiple

    [customers] 客户, 终端客户, 用户, 客户明细, 客户清单, 会员, 客户名单, clients, leads, end customers, users, subscribers, contacts, prospects
    customer_id: 客户编号, 客户编码, 客户代码, 客户号, 客户, 用户编号, 会员号, customer, customer code, customer no, client, client id, user id, subscriber id, lead id
    stage: 阶段, 客户阶段, 商机阶段, 销售阶段, 跟进阶段, 客户状态, funnel stage, lead status, pipeline stage
    first_contact: 首次接触, 首次接触日期, 首次联系日期, 首次联系, 建档日期, 首次拜访日期, contacted, first contact date, created
    first_order: 首单日期, 首次下单, 首次下单日期, 首次购买日期, 首购日期, 首单, first order date, first purchase, customer since
    last_order: 最近下单日期, 最近下单, 末单日期, 最近购买日期, 最后购买日期, 末单, last order date, last purchase, latest order
    orders_n: 订单数, 订单数量, 下单次数, 购买次数, 累计订单, orders, order count, number of orders, purchases, frequency
    renewals: 续约次数, 续费次数, 续签次数, renewal count, renewed
    expires_on: 到期日, 到期日期, 合同到期日, 服务到期日, expiry, expiry date, expires, contract end
    segment: 客户类型, 细分, 客群, 行业, 客户行业, 客户分类, 细分市场, industry, customer segment, customer type

    [budget] 预算, 费用, 费用明细, 市场费用, 投入, 预算执行, 费用支出, spend, expenses, marketing spend, costs, expenditure, spending
    amount: 费用金额, 费用, 实际费用, 支出金额, 投入金额, 发生额, 已用金额, 花费, spend, spent, cost, expense, expenses, actual
    committed: 已承诺, 承诺金额, 承诺费用, 已承诺金额, 预提金额, committed amount, commitment
    outcome_value: 产出, 产出价值, 产出金额, 归因毛利, 带来毛利, 效果金额, outcome, return, attributed margin, attributed value

    [targets] 目标, 指标, 任务, 销售目标, 指标分解, 任务分解, 销售任务, quotas, quota, goals, plan figures, kpi
    level: 层级, 级别, 目标层级, 指标层级, 对象类型, 考核对象类型, target level, scope
    id: 对象, 对象编号, 目标对象, 考核对象, 责任单位, 编号, target id, entity, subject, owner unit
    measure: 指标, 指标名称, 指标类型, 目标类型, 考核指标, metric, kpi, target type, indicator
    amount: 目标值, 目标金额, 目标, 指标值, 任务额, 任务量, target, target amount, target value, quota, goal
    owner: 责任人, 负责人, 责任人编号, 归属人, responsible, person, assignee, owner id
    pinned: 锁定, 是否锁定, 固定, locked, fixed, frozen

    [regions] 区域, 地区, 城市, 区域城市, 区域信息, 市场, 城市清单, cities, areas, territories, markets, geography
    parent: 上级, 上级区域, 所属省份, 省份, 所属省, 上级单位, province, parent region, belongs to, country
    city_tier: 城市等级, 城市级别, 城市线级, 几线城市, 线级, tier, city class, city level
    population: 人口, 常住人口, 人口数, inhabitants, residents, people
    potential: 市场潜力, 潜力, 市场容量, 市场规模, 潜在市场, market potential, market size, capacity
    maturity: 成熟度, 市场成熟度, 市场阶段, 市场类型, market maturity, market stage
    lat: 纬度, latitude
    lon: 经度, longitude, lng, long
    neighbours: 相邻城市, 相邻区域, 邻近城市, 相邻, neighbors, adjacent, bordering

    [products] 产品, 商品, 产品目录, 产品清单, 商品信息, 物料, 产品信息, items, skus, articles, materials, catalogue, catalog, assortment
    product_id: 编号, 编码, 代码, id, code, no, number
    family: 产品系列, 系列, 产品族, 品类, 产品类别, 产品线, 大类, 商品分类, category, product family, product line, series, group, brand, subcategory
    role: 角色, 产品角色, 产品定位, 定位, positioning, product role
    launched_on: 上市日期, 上市时间, 发布日期, 上架日期, launch, launch date, launched, release date, introduced
    shelf_days: 保质期, 保质天数, 货架期, 保质期天数, 滞销天数, shelf life, shelf life days
    margin: 利润率, 贡献率, margin pct, margin share

    [orders] 订单, 订单明细, 单据, 往来单据, 发货单, 订货单, purchase orders, documents, invoices, order lines
    order_id: 单号, 订单号, 订单编号, 单据号, 单据编号, 凭证号, order, order no, order number, document no, document id, po number
    date: 日期, 单据日期, 下单日期, 订单日期, 业务日期, order date, document date, created on, posting date
    kind: 单据类型, 订单类型, 业务类型
    amount: 订单金额, 单据金额, 含税金额, order amount, order value, total, total value
    qty: 订单数量, 单据数量, order qty, ordered units

    [deliveries] 交付, 交货, 配送, 到货, 交付记录, 物流, 交货记录, delivery, shipping performance, logistics
    promised_days: 承诺天数, 承诺交期, 承诺交货天数, 约定天数, 标准交期, promised lead time, promised, agreed days, target days
    actual_days: 实际天数, 实际交期, 实际交货天数, 实际到货天数, actual lead time, actual, days taken

    [market_index] 市场指数, 行业指数, 大盘, 市场大盘, 景气指数, market, industry index, market demand
    index: 指数, 市场指数, 景气指数, 行业指数, 大盘指数, market index, index value, demand index

    [incidents] 事件, 投诉, 违规, 客诉, 异常, 窜货, 投诉记录, complaints, tickets, cases, violations
    date: 日期, 发生日期, 投诉日期, 登记日期, 受理日期, incident date, opened, reported on
    kind: 事件类型, 投诉类型, 问题类型, 异常类型, incident type, complaint type, issue type
    severity: 严重程度, 严重度, 等级, 严重级别, 程度, severity level, priority, grade
    response_hours: 响应小时, 响应时长, 响应时间, 处理时长, 响应小时数, response time, hours to respond, response time hours
    resolved: 是否解决, 已解决, 解决, 是否结案, 结案, 是否办结, closed, solved, is resolved

    [finance] 财务, 财务报表, 财报, 财务数据, 报表, financials, financial statements, annual accounts, balance sheet
    year: 年度, 年份, 会计年度, 财年, 年, fiscal year, business year, fy
    net_profit: 净利润, 净利, 税后利润, profit, net income, profit after tax
    assets: 资产总额, 总资产, 资产, 资产合计, total assets
    equity: 所有者权益, 净资产, 股东权益, 权益, net worth, shareholders equity
    liabilities: 负债总额, 总负债, 负债, 负债合计, total liabilities
    current_assets: 流动资产, 流动资产合计
    current_liabilities: 流动负债, 流动负债合计
    op_cash: 经营现金流, 经营性现金流, 经营活动现金流, 经营现金净流量, operating cash flow, cash flow, cash from operations
    receivables: 应收账款, 应收, accounts receivable, debtors
    payables: 应付账款, 应付, accounts payable, creditors
    stock: 存货, 库存, 存货金额, inventory, inventories

    [receivables] 应收, 应收账款, 发票, 应收明细, 欠款, 开票, invoices, ar, open items, accounts receivable, ageing
    invoice_id: 发票号, 发票编号, 单号, 单据号, 应收单号, 发票号码, invoice, invoice no, invoice number, document no
    issued: 开票日期, 开票日, 开具日期, 发票日期, 出票日期, invoice date, issue date, issued on, billed
    due: 到期日, 到期日期, 应付日期, 应收日期, 付款到期日, 应收到期日, due date, due on, payable by
    paid: 付款日期, 回款日期, 收款日期, 实收日期, 到账日期, paid on, payment date, paid date, settled on
    amount: 发票金额, 应收金额, 开票金额, 欠款金额, invoice amount, open amount, billed amount

    [competitors] 竞品, 竞争对手, 竞争, 竞品信息, 友商, 对手, rivals, competition, competitor data
    rival: 竞争对手, 竞品, 对手, 竞争品牌, 竞品品牌, 友商, 竞品名称, competitor, competitor name, rival brand
    outlets: 对手网点数, 对手门店数, 竞品网点数
    price: 价格, 价格指数, 竞品价格, 对手价格, 相对价格, 价格水平, price level, price index, relative price
    share: 市场份额, 份额, 占有率, 市占率, 市场占有率, market share
    promo: 促销天数, 促销, 促销力度, 活动天数, promotion, promotions, promo days

    [events] 活动, 节假日, 大事记, 节日, 假期, 日历, holidays, calendar, holiday calendar
    name: 事件, 活动, 节日, 活动名称, 事件名称, 节日名称, event, holiday, event name
    value: 数值, 值, 天数, 取值, days, flag

    [drivers] 驱动因素, 外部因素, 宏观, 影响因素, 外生变量, 驱动, external factors, covariates, regressors, macro
    name: 因素, 指标, 指标名称, 因素名称, 变量, 变量名, 驱动因素, variable, factor, series, driver, indicator
    value: 数值, 值, 取值, 指标值, 变量值, figure, level

    [candidates] 候选, 候选商, 意向商, 拟签约, 候选经销商, 候选伙伴, 招商, prospects, recruits, applicants, pipeline partners
    candidate_id: 候选编号, 候选商编号, 意向编号, 候选人编号, 编号, candidate, candidate code, applicant id, prospect id
    name: 候选商名称, 候选名称, 企业名称, candidate name
    fixed_office: 固定办公场所, 是否有固定办公场所, 有无办公场所, 固定场所, has office, own office
    shares_data: 共享数据, 是否共享数据, 愿意共享数据, 数据共享, shares sell out data, data sharing
    years_in_trade: 从业年限, 行业年限, 经营年限, 入行年数, years in business, experience years
    rival_brands: 竞品品牌数, 代理竞品数, 竞争品牌数, 经营竞品数, competing brands, brands carried
    signing_cost: 签约成本, 签约费用, 开发成本, 启动费用, onboarding cost, acquisition cost, set up cost
    expected_monthly_sales: 预计月销售额, 预计月销, 预期月销售额, 月销售预估, expected sales, forecast monthly sales

    [lanes] 线路, 运输线路, 调拨线路, 路线, 运价, 调拨, routes, freight, shipping lanes, transfer lanes
    from_partner: 发出方, 调出方, 起点, 调出经销商, 发货方, 始发, from, origin, source, sender
    to_partner: 接收方, 调入方, 终点, 调入经销商, 收货方, 目的地, to, destination, target, receiver
    cost_per_unit: 单位运费, 单件运费, 单位成本, 每件运费, freight per unit, unit freight, cost
    days: 天数, 运输天数, 在途天数, 时效, transit days, transit time, duration
    distance_km: 距离, 公里数, 里程, 距离公里, distance, km, kilometres
    truck_cost: 整车费用, 车辆费用, 整车运费, 单车费用, 固定费用, trip cost, truck price, fixed cost
    capacity: 装载量, 容量, 车辆容量, 载量, 每车件数, load, truck capacity, units per truck

    [price_book] 价格表, 价目表, 价格, 价格体系, 价格手册, price list, prices, pricing, tariff
    valid_from: 生效日期, 生效日, 起始日期, 开始日期, effective from, effective date, start date, from date
    valid_to: 失效日期, 失效日, 截止日期, 终止日期, 结束日期, effective to, expiry date, end date, to date
    dealer_price: 经销商价, 经销价, 进货价, 出厂价, 代理价, 渠道价, wholesale price, trade price, partner price
    floor_price: 最低价, 底价, 限价, 最低限价, 控价, minimum price, lowest price, price floor

    [contracts] 合同, 合同台账, 协议, 合约, 签约, agreements, contract register, contract list
    contract_id: 合同编号, 合同号, 协议编号, 合同, contract, contract no, contract number, agreement no
    starts_on: 开始日期, 起始日期, 合同开始日期, 生效日期, 合同起始日, start date, begin, valid from, contract start
    ends_on: 结束日期, 终止日期, 合同结束日期, 到期日期, 合同终止日, end date, valid to, contract end, expires
    tier: 合同级别, 代理级别, 合同类型, 级别, 代理等级, contract type, contract tier, kind of contract
    territory: 授权区域, 代理区域, 授权城市, 销售范围, 授权范围, 辖区, covered cities, area covered
    exclusive: 独家, 是否独家, 独家代理, 排他, exclusivity, is exclusive, sole
    annual_target: 年度目标, 年度任务, 年销售任务, 年度指标, 年度销售目标, yearly target, annual sales target
    notice_days: 通知天数, 提前通知天数, 解约通知天数, 通知期, notice period, notice
    deposit: 保证金, 押金, 履约保证金, 定金, security deposit, guarantee
    buyback_pct: 回购比例, 退货比例, 库存回购比例, 回购率, buyback, buy back share, repurchase rate
    compensation_pct: 补偿比例, 赔偿比例, 解约补偿比例, 补偿率, compensation, severance share
    profit_split_pct: 分成比例, 利润分成比例, 利润分成, 分润比例, profit share, profit split

    [staff] 人员, 员工, 销售人员, 团队, 员工名单, 人员名单, employees, people, team, sales force, personnel
    staff_id: 员工编号, 工号, 人员编号, 员工工号, employee id, employee no, employee, person id
    name: 姓名, 员工姓名, 人员姓名, employee name
    department: 部门, 所属部门, dept, division, team, function
    role: 职位, 岗位, 职务, 角色, position, job title, title, job
    manager: 上级, 直属上级, 主管, 经理, 上级编号, 汇报对象, supervisor, reports to, manager id, boss
    hired_on: 入职日期, 入职时间, 入职, hire date, hired, joined, start date
    left_on: 离职日期, 离职时间, 离职, leave date, left, end date, termination date
    days_per_month: 月工作天数, 每月天数, 月可用天数, 每月工作日, working days, days available
    calls_per_day: 日拜访量, 每日拜访数, 日均拜访, 每天拜访次数, calls a day, visits per day
    monthly_cost: 月成本, 人力成本, 月薪酬成本, 月度成本, 薪资, cost per month, salary

    [experiments] 实验, 试点, 测试, 试验, 对照实验, tests, pilots, trials, ab tests
    experiment_id: 实验编号, 试点编号, 试验编号, 实验, experiment, test id, trial id, pilot id
    arm: 组别, 分组, 实验组别, 处理组, group, treatment group, cell, variant
    starts: 开始, 开始期间, 开始月份, 起始期, 开始日期, start, from, start period, begins
    ends: 结束, 结束期间, 结束月份, 终止期, 结束日期, end, until, end period
    extra_spend: 追加投入, 额外投入, 增量投入, 追加费用, 额外费用, added spend, incremental spend
    randomised: 是否随机, 随机, 随机分组, randomized, random
    lift_value: 增量毛利, 提升额, 增量价值, 提升, 效果, lift, uplift, incremental value
    lift_standard_error: 标准误, 标准误差, 增量标准误, 误差, standard error, se, stderr

    [incentive_ledger] 激励台账, 返利台账, 奖励台账, 佣金台账, 激励, 返利, 佣金, 奖励明细, incentives, rebates, commissions, rewards, payouts
    entry_id: 流水号, 记录编号, 分录编号, 序号, 台账编号, entry, entry no, line no, record id
    date: 日期, 记账日期, 入账日期, 发放日期, 结算日期, booked on, booking date, posting date, paid on
    kind: 激励类型, 奖励类型, 返利类型, 费用类型, incentive type, reward type, rebate type
    amount: 激励金额, 返利金额, 奖励金额, 佣金金额, 发放金额, payout, payout amount, rebate amount
    points: 积分, 积分数, 奖励积分, points granted, reward points
    period: 结算期间, 所属期间, 归属期, 结算季度, settled period, settlement period
    """

  /// `column.word: what users write`.
  static let wordEntries = """
    channel_type.online: 线上, 电商, 网店, 网络, 互联网, ecommerce, e commerce, web, internet
    channel_type.agent: 代理, 代理商, 经销, 经销商, 分销, 分销商, 加盟, 线下, 门店, 零售, dealer, distributor, reseller, retail, retailer, franchise, store, wholesale
    channel_type.vertical: 行业, 行业渠道, 集成商, 系统集成, 系统集成商, 政企, 工程, integrator, system integrator, industry, project
    channel_type.cross_border: 跨境, 出口, 海外, 外贸, crossborder, export, overseas
    channel_type.direct: 直营, 直销, 自营, 直供, own store, own, direct sale
    stage.potential: 潜在, 线索, 潜在客户, lead, prospect
    stage.intent: 意向, 意向客户, 有意向, interested, opportunity, qualified
    stage.near_close: 临近成交, 即将成交, 待签约, 谈判, 报价, negotiation, quoted, closing
    stage.customer: 成交, 已成交, 成交客户, 客户, 签约, won, client, closed won
    level.region: 区域, 大区, 地区, 省区, area, territory
    level.partner: 经销商, 代理商, 伙伴, 渠道商, dealer, agent, distributor
    level.staff: 人员, 员工, 销售人员, 个人, employee, person, rep
    measure.revenue: 销售额, 收入, 营收, 销售收入, 销售, sale, turnover
    measure.prepayment: 预收款, 预付款, 预付, 回款, prepaid, advance
    measure.share: 份额, 市场份额, 占有率, market share
    measure.coverage: 覆盖率, 覆盖, 渠道覆盖率, 网点覆盖, channel coverage
    measure.profit: 利润, 毛利, 净利润, margin, gross profit
    role.bullet: 狙击, 子弹, 狙击产品, 战斗产品, fighter
    role.defensive: 防御, 防守, 防御产品
    role.standard: 常规, 标准, 主力, 普通, regular, core
    role.new: 新品, 新, 新产品, novelty
    kind.prepayment: 预付款, 预收款, 预付, 定金, advance, deposit
    kind.order: 订单, 订货, 订货单, purchase order, sales order
    kind.shipment: 发货, 发货单, 出库, 出库单, delivery, dispatch
    kind.invoice: 发票, 开票, bill
    kind.cash: 回款, 收款, 付款, payment, receipt
    kind.complaint: 投诉, 客诉, 客户投诉
    kind.diversion: 窜货, 串货, grey market
    kind.dumping: 乱价, 低价, 倾销, 低价销售, price cutting
    kind.service: 服务, 售后, 服务问题, support
    kind.commission: 佣金, 提成
    kind.rebate: 返利, 返点, discount
    kind.bonus: 奖金, 超额奖
    kind.loyalty: 忠诚奖, 忠诚度奖励, 忠诚
    kind.points: 积分
    kind.store_fit: 装修补贴, 店面装修, 装修, store fitting
    kind.fund: 市场基金, 基金, 发展基金, market fund
    kind.award: 奖励, 表彰, 荣誉奖, prize
    kind.clawback: 追回, 扣回, 冲回, claw back
    maturity.emerging: 新兴, 起步, 开拓, 新市场, new
    maturity.growing: 成长, 发展, 成长期, growth
    maturity.mature: 成熟, 成熟期, 饱和, established
    arm.treatment: 实验组, 试验组, 处理组, 测试组, 试点, treated, test, pilot
    arm.control: 对照组, 对照, 控制组, untreated, holdout
    flag.yes: 是, 有, 已, 对, y, t, 真, yes, true, 1
    flag.no: 否, 无, 未, 没有, 不, n, f, 假, no, false, 0
    """
}
