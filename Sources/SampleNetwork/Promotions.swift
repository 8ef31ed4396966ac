import Probability

/// The maker's promotions: at most one per product family and month, deeper in June and November.
struct Promotions {
  struct Promotion {
    let index: Int
    let days: Int
    /// The price cut while it runs.
    let depth: Double
  }

  private var byFamily: [[Promotion?]]
  private(set) var names: [String] = []

  init(_ specification: NetworkSpecification) {
    var stream = specification.stream("promotions")
    byFamily = []
    for family in ProductFamily.allCases {
      var planned: [Promotion?] = []
      for month in 0..<specification.months {
        let isSaleMonth = [5, 10].contains(specification.season(month))
        let runs = stream.bernoulli(isSaleMonth ? 0.75 : 0.20)
        let days = 6 + stream.index(below: isSaleMonth ? 16 : 12)
        let depth = stream.uniform(0.06, isSaleMonth ? 0.20 : 0.15)
        guard runs else {
          planned.append(nil)
          continue
        }
        planned.append(Promotion(index: names.count, days: days, depth: depth))
        names.append("\(specification.month(month))-\(family.rawValue)")
      }
      byFamily.append(planned)
    }
  }

  func of(_ family: ProductFamily, _ month: Int) -> Promotion? {
    byFamily[ProductFamily.allCases.firstIndex(of: family) ?? 0][month]
  }

  /// Whether a partner takes part this month: seven in ten do.
  func isJoined(_ stream: inout RandomStream) -> Bool { stream.bernoulli(0.7) }
}

/// What goes wrong upstream: a family that is short for a month, a region where transport is slow.
struct Supply {
  private let shortage: [[Double]]
  private let slow: [[Double]]

  init(_ specification: NetworkSpecification) {
    shortage = ProductFamily.allCases.indices.map { family in
      var stream = specification.stream("shortage", family)
      return (0..<specification.months).map { _ in stream.bernoulli(0.03) ? stream.uniform(0.1, 0.5) : 1 }
    }
    slow = (0..<specification.regions).map { region in
      var stream = specification.stream("transport", region)
      return (0..<specification.months).map { month in
        let pause = SalesCalendar.newYearShares(specification, month).pause
        return 2.5 * pause + (stream.bernoulli(0.05) ? stream.uniform(2, 7) : 0)
      }
    }
  }

  /// The part of orders of a family that can be shipped.
  func factor(_ family: ProductFamily, _ month: Int) -> Double {
    shortage[ProductFamily.allCases.firstIndex(of: family) ?? 0][month]
  }

  /// Days by which deliveries to a region come late in a month.
  func delay(_ region: Int, _ month: Int) -> Double { slow[region][month] }
}
