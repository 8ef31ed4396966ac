import Foundation

/// What consumers' demand does in a month, next to what the channel bought: the signal that is fed back to the maker.
public struct DemandShift: Sendable, Hashable {
  public enum Signal: String, Sendable, Hashable, CaseIterable {
    case none
    /// Sell-out above, below what was to be expected.
    case demandUp = "demand_up"
    case demandDown = "demand_down"
    /// The channel buys more than it sells, or sells from stock.
    case stuffing, destocking
  }

  public var subject: String
  public var month: Int
  /// Units sold on, and what was to be expected of them.
  public var sellOut: Double
  public var expected: Double
  public var sellIn: Double
  /// Sell-in ÷ sell-out over three months; NaN where one is unknown.
  public var stuffingIndex: Double
  public var signal: Signal

  /// sell-out ÷ expected − 1.
  public var change: Double { expected > 0 ? sellOut / expected - 1 : .nan }

  /// Signals of regions in the last twelve months, and of those partners that have one in the last month.
  ///
  /// Demand has shifted where the sell-out of the month lies outside the central four fifths of what was to be expected
  /// of it; the channel is pushed where it bought more than `stuffing` times what it sold, over three months.
  /// Complexity: O(regions + partners).
  static func all(
    partners: AlertObservations, regions: AlertObservations, settings: AlertTestSettings
  ) -> [DemandShift] {
    let last = regions.monthCount - 1
    var shifts: [DemandShift] = []
    for region in regions.subjects.indices {
      for month in max(0, last - 11)...max(0, last) {
        shifts.append(DemandShift(regions, region, month, settings))
      }
    }
    for partner in partners.subjects.indices {
      let shift = DemandShift(partners, partner, last, settings)
      if shift.signal != .none { shifts.append(shift) }
    }
    return shifts
  }

  private init(_ seen: AlertObservations, _ subject: Int, _ month: Int, _ settings: AlertTestSettings) {
    func value(_ quantity: AlertQuantity) -> Double { seen.value(quantity, subject: subject, month: month) }
    self.subject = seen.subjects[subject]
    self.month = month
    (sellOut, expected, sellIn) = (value(.sellOut), value(.expected), value(.orders))
    stuffingIndex = value(.stuffingIndex)
    // Comparisons with unknown values are false: no signal.
    if sellOut < value(.expectedLow) {
      signal = .demandDown
    } else if sellOut > value(.expectedHigh) {
      signal = .demandUp
    } else if stuffingIndex > settings.stuffing {
      signal = .stuffing
    } else if stuffingIndex < 1 / settings.stuffing {
      signal = .destocking
    } else {
      signal = .none
    }
  }
}
