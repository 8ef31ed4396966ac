internal import ChannelTypes

extension DemandForecaster {
  /// Which model each series got, why, and what is peculiar about the series.
  func describe(
    _ panel: DemandPanel, _ chosen: [LossTable.Choice], _ losses: LossTable, _ backtest: Backtest,
    _ candidates: Candidates
  ) -> [SeriesModelChoice] {
    let naive = candidates.names.firstIndex(of: "seasonal_naive")
    return chosen.indices.map { series in
      let candidate = chosen[series].candidate
      let history = panel.observed[panel.range(ofSeries: series)]
      let known = history.filter { !$0.isNaN }
      let windows = backtest.testedWindows(series)
      var choice = SeriesModelChoice(model: candidates.names[candidate], reason: "", observations: known.count)
      choice.windows = windows
      choice.mase = backtest.mase(series, candidate)
      choice.maseOfSeasonalNaive = naive.map { backtest.mase(series, $0) } ?? .nan
      choice.bias = backtest.bias(series, candidate)
      choice.flags = flags(panel, series, known)
      let isInactive = !panel.isActive[panel.series[series].partner]
      if isInactive || known.isEmpty {
        choice.model = "none"
        choice.reason = isInactive ? "the partner has stopped reporting" : "no quantity is known"
      } else if windows == 0 {
        choice.reason = "too little history to test on"
      } else {
        choice.reason = chosen[series].reason.rawValue
      }
      return choice
    }
  }

  private func flags(_ panel: DemandPanel, _ series: Int, _ known: [Double]) -> [String] {
    var flags: [String] = []
    let range = panel.range(ofSeries: series)
    if !panel.isActive[panel.series[series].partner] { flags.append("inactive_partner") }
    let zeros = known.count { $0 == 0 }
    if known.isEmpty {
      flags.append("no_history")
    } else if zeros == known.count {
      flags.append("all_zero")
    } else if 3 * zeros > known.count {
      flags.append("intermittent")
    }
    if known.count < panel.periodCount, panel.observed[range].last?.isNaN == true { flags.append("late_report") }
    if known.count < 2 * panel.frequency.periodsPerYear { flags.append("short") }
    if range.contains(where: {
      panel.demand[$0].isNaN != panel.observed[$0].isNaN || panel.demand[$0] > panel.observed[$0]
    }) {
      flags.append("stock_outs")
    }
    return flags.sorted()
  }
}

extension Backtest {
  func testedWindows(_ series: Int) -> Int {
    windows.count { window in
      (0..<window.horizon).contains { step in
        !panel.demand[series * panel.periodCount + window.end + step].isNaN
          && window.runs.allSatisfy { !$0.mean[series * $0.horizon + step].isNaN }
      }
    }
  }

  /// Mean absolute scaled error of a candidate over all windows; NaN where nothing was tested.
  func mase(_ series: Int, _ candidate: Int) -> Double {
    let (errors, _, count) = sums(series, candidate)
    return count > 0 ? errors / Double(count) / scale[series] : .nan
  }

  /// Σ(forecast − actual) / Σ actual; NaN where the sum of actuals is zero.
  func bias(_ series: Int, _ candidate: Int) -> Double {
    var (difference, total) = (0.0, 0.0)
    visit(series, candidate) { actual, forecast in
      difference += forecast - actual
      total += actual
    }
    return total > 0 ? difference / total : .nan
  }

  private func sums(_ series: Int, _ candidate: Int) -> (absolute: Double, total: Double, count: Int) {
    var (absolute, total, count) = (0.0, 0.0, 0)
    visit(series, candidate) { actual, forecast in
      absolute += abs(actual - forecast)
      total += actual
      count += 1
    }
    return (absolute, total, count)
  }

  private func visit(_ series: Int, _ candidate: Int, _ body: (Double, Double) -> Void) {
    for window in windows {
      for step in 0..<window.horizon {
        let actual = panel.demand[series * panel.periodCount + window.end + step]
        let forecast = window.runs[candidate].mean[series * window.horizon + step]
        if !actual.isNaN, !forecast.isNaN { body(actual, forecast) }
      }
    }
  }
}
