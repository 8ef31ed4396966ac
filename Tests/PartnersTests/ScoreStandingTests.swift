import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("Map, bands and tilt")
struct ScoreStandingTests {
  @Test("a switch moves only beyond the margin, and at most once a quarter")
  func hysteresis() {
    var stream = RandomStream(seed: 5)
    for _ in 0..<50 {
      var state = HysteresisSwitch()
      for quarter in 0..<40 {
        let value = stream.uniform(30, 70)
        let before = state.isHigh
        state.advance(value, threshold: 50, margin: 5, quarter: quarter)
        if let before, before != state.isHigh { #expect(before ? value < 45 : value > 55) }
        // Whatever is read again in the same quarter, or of an earlier one, changes nothing.
        let settled = state
        for reading in [0, 100, 50, .nan] {
          let moved = [quarter, quarter - 1].map {
            state.advance(reading, threshold: 50, margin: 5, quarter: $0)
          }
          #expect(moved == [false, false])
        }
        #expect(state == settled)
      }
    }
    var calm = HysteresisSwitch()
    calm.advance(51, threshold: 50, margin: 5, quarter: 0)
    for quarter in 1..<40 {
      let moved = calm.advance(quarter % 2 == 0 ? 54 : 46, threshold: 50, margin: 5, quarter: quarter)
      #expect(!moved)
    }
    #expect(calm.isHigh == true)
  }

  @Test("three bands: left only beyond their ends by the margin; a failed gate closes the best")
  func bands() {
    let bands = Scorecard.Band.standard
    var state = BandState()
    func advance(_ score: Double, _ quarter: Int, best: Int = 0) -> String? {
      state.advance(score, bands, margin: 2, best: best, quarter: quarter)
      return state.band.map { bands[$0].name }
    }
    #expect(advance(.nan, 0) == nil && advance(50, 1) == "improve")
    #expect(advance(56, 2) == "improve" && advance(57, 3) == "reward" && advance(54, 4) == "reward")
    #expect(advance(52.9, 5) == "improve" && advance(40.5, 6) == "improve" && advance(39.9, 7) == "remove")
    #expect(advance(43, 8) == "remove" && advance(90, 9) == "reward" && advance(10, 9) == "reward")
    #expect(advance(90, 10, best: 1) == "improve" && advance(10, 11) == "remove")
  }

  @Test("the tilt follows the score by a step a quarter")
  func tilt() {
    let rules = Scorecard.TiltRules()
    #expect(rules.next(after: 1, score: 100, isGated: false) == 1.1)
    #expect(rules.next(after: 1.25, score: 100, isGated: false) == 1.3)
    #expect(rules.next(after: 1, score: 50, isGated: false) == 1)
    #expect(rules.next(after: 1, score: 100, isGated: true) == 1)
    #expect(rules.next(after: 1.3, score: .nan, isGated: false) == 1.2)
    var stream = RandomStream(seed: 6)
    var before = 1.0
    for _ in 0..<200 {
      let now = rules.next(after: before, score: stream.uniform(0, 100), isGated: false)
      #expect(abs(now - before) <= 0.1 + 1e-6 && now >= 0.7 && now <= 1.3)
      before = now
    }
  }

  @Test("standings of the network: every move on the map is beyond the margin")
  func map() {
    let evaluation = ScoreNetwork(count: 60).evaluation()
    let panel = evaluation.panel
    let standings = evaluation.standings()
    var moves = 0
    for partner in panel.partners.indices {
      for quarter in 1..<panel.quarters.count {
        let (before, now) = (standings[panel.cell(partner, quarter - 1)], standings[panel.cell(partner, quarter)])
        guard before.quadrant != now.quadrant, before.quadrant != nil else { continue }
        moves += 1
        let far = abs(evaluation.score(partner, quarter) - now.performanceThreshold)
        let other = abs(evaluation.potentials[panel.cell(partner, quarter)] - now.potentialThreshold)
        #expect(max(far, other) > 5)
      }
    }
    #expect(moves > 0)
    #expect(ScoreEvaluation.quadrant(true, true) == .invest && ScoreEvaluation.quadrant(false, true) == .grow)
    #expect(ScoreEvaluation.quadrant(true, false) == .maintain && ScoreEvaluation.quadrant(false, false) == .exit)
  }

  @Test("every score, place and prediction has a trace that adds up")
  func traces() throws {
    let network = ScoreNetwork()
    let evaluation = network.evaluation()
    let standings = evaluation.standings()
    var candidate = Candidate("K1")
    (candidate.outlets, candidate.staff, candidate.city, candidate.channelType) = (3, 5, "city1", "agent")
    let model = try #require(FirstYearModel(network.records().history, regions: network.records().regions))
    let result = ScoreResult(
      evaluation, standings, candidates: FirstYearModel.screen([candidate], model, CandidateRules()))
    let book = ScoreTraces(result, evaluation, standings, currency: "CNY").book
    #expect(book.count == 24 * 12 + 24 + 1)
    for index in 0..<book.count { #expect(book[index].isBalanced, "\(book[index].subject) \(book[index].item)") }
    #expect(book.first("partner:P103", "map")?.value == .word(result.current("P103")?.quadrant?.rawValue ?? "none"))
    let score = try #require(book.first("partner:P103", "score:2025Q4"))
    #expect(score.value == .number(result.current("P103")?.score ?? -1))
    #expect(book.first("candidate:K1", "first_year_sales") != nil)
  }
}

@Suite("Candidates and fitted weights")
struct CandidateTests {
  private static func candidate(_ id: String, _ change: (inout Candidate) -> Void = { _ in }) -> Candidate {
    var candidate = Candidate(id)
    candidate.channelType = "agent"
    candidate.city = "city1"
    candidate.outlets = 3
    candidate.staff = 5
    candidate.dedicatedStaff = 1
    candidate.customers = 8
    candidate.workingCapital = 30_000
    candidate.hasFixedOffice = true
    candidate.sharesData = true
    candidate.expectedMonthlySales = Money(2000)
    change(&candidate)
    return candidate
  }

  @Test("must-have rules name what fails and what is not known; those that pass come first")
  func rules() throws {
    let records = ScoreNetwork().records()
    let model = try #require(FirstYearModel(records.history, regions: records.regions))
    let screened = FirstYearModel.screen(
      [
        Self.candidate("K1") { $0.dedicatedStaff = 0 },
        Self.candidate("K2") { ($0.hasFixedOffice, $0.sharesData) = (false, false) },
        Self.candidate("K3") { $0.workingCapital = 1 }, Self.candidate("K4") { $0.sharesData = nil },
        Self.candidate("K5"), Self.candidate("K6") { $0.outlets = 6 },
      ], model, CandidateRules())
    #expect(screened.map(\.rank) == [1, 2, 3, 4, 5, 6])
    #expect(screened.prefix(2).map(\.candidate.id) == ["K6", "K5"])
    let byID = Dictionary(uniqueKeysWithValues: screened.map { ($0.candidate.id, $0) })
    #expect(byID["K1"]?.failedRules == ["dedicated_staff"])
    #expect(byID["K2"]?.failedRules == ["fixed_office", "shares_data"])
    #expect(byID["K3"]?.failedRules == ["working_capital"])
    #expect(byID["K4"]?.failedRules == [] && byID["K4"]?.unknownRules == ["shares_data"] && byID["K4"]?.passes == false)
    for candidate in screened {
      #expect(candidate.steps.map(\.amount).total() == candidate.predictedSales)
      #expect(candidate.target == Money(24_000) && (0...1).contains(candidate.probability))
    }
  }

  @Test("the chance falls with the target and is a half at the prediction")
  func chance() throws {
    let records = ScoreNetwork().records()
    let model = try #require(FirstYearModel(records.history, regions: nil))
    var rules = CandidateRules()
    var before = 1.1
    for amount in [1, 10_000, 50_000, 100_000, 10_000_000] {
      rules.target = Money(amount)
      let chance = FirstYearModel.screen([Self.candidate("K1")], model, rules)[0].probability
      #expect(chance <= before)
      before = chance
    }
    rules.target = FirstYearModel.screen([Self.candidate("K1")], model, rules)[0].predictedSales
    #expect(abs(FirstYearModel.screen([Self.candidate("K1")], model, rules)[0].probability - 0.5) < 1e-3)
    #expect(model.heldOutError > 0 && model.observations == 24)
  }

  @Test("without a model the rules still hold")
  func noModel() {
    let screened = FirstYearModel.screen([Self.candidate("K1")], nil, CandidateRules())
    #expect(screened[0].predictedSales == nil && screened[0].probability.isNaN && screened[0].passes)
    #expect(FirstYearModel(ScoreNetwork(count: 5).records().history, regions: nil) == nil)
  }

  @Test("fitted weights are shares, and sales foretell sales")
  func fittedWeights() throws {
    let fitted = try #require(FittedWeights(ScoreNetwork(count: 60).evaluation()))
    #expect(abs(fitted.lines.reduce(0) { $0 + $1.fitted } - 1) < 1e-9)
    #expect(fitted.lines.allSatisfy { $0.fitted >= 0 })
    let quality = Dictionary(uniqueKeysWithValues: fitted.quality.map { ($0.weights, $0.rankCorrelation) })
    #expect(quality.count == 3 && (quality["fitted"] ?? 0) > 0.8)
    #expect((quality["fitted"] ?? 0) >= (quality["equal"] ?? 1))
    #expect(FittedWeights.rankCorrelation([1, 2, 3], [10, 20, 30]) == 1)
    #expect(FittedWeights.rankCorrelation([1, 2, 3], [3, 2, 1]) == -1)
  }

  @Test("judgements of people stay apart unless the plan gives them a weight")
  func qualitative() {
    let table = Table(
      name: "partners",
      columns: [.text("partner_id", ["P1"]), .text("policy", ["good"]), .text("display", ["odd"])])
    let scale = [(word: "good", points: 80.0), (word: "poor", points: 20)]
    let criteria = [(name: "policy", column: "policy"), ("display", "display"), ("relations", "none")]
    var grid = QualitativeGrid(criteria: criteria, scale: scale, weight: 0)
    let judged = grid.judge(table, row: 0)
    #expect(judged.map(\.word) == ["good", "odd", nil])
    #expect(judged[0].points == 80 && judged[1].points.isNaN && judged[2].points.isNaN)
    #expect(grid.combined(judged.map(\.points), score: 40).grid == 80)
    #expect(grid.combined(judged.map(\.points), score: 40).combined.isNaN)
    grid.weight = 0.25
    #expect(grid.combined(judged.map(\.points), score: 40).combined == 50)
    #expect(grid.combined([.nan], score: 40).combined.isNaN)
  }
}
