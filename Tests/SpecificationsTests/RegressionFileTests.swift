import Regression
import Specifications
import Tables
import Testing

@Suite struct RegressionFileTests {
  private func read(_ yaml: String) -> (file: RegressionFile?, findings: [Diagnostic]) {
    var findings = Findings()
    let file = RegressionFile.parse(yaml, file: "model.yaml", findings: &findings)
    return (file, findings.kept)
  }

  private func specification(_ yaml: String) throws -> RegressionSpecification {
    let (file, findings) = read(yaml)
    return try #require(file, "\(findings.map { $0.summary + " " + $0.message })").specification
  }

  @Test func `a linear model with every kind of term`() throws {
    let (file, findings) = read(
      """
      response: y
      family: gaussian
      intercept: false
      weights: w
      weight_meaning: replication
      terms:
        - x1
        - {factor: region}
        - {factor: {name: city, reference: wuxi}}
        - {factor: grade, reference: gold}
        - {spline: tenure}
        - {spline: age, df: 5}
        - {polynomial: x, degree: 10}
        - {numeric: n, standardised: true}
        - {log: u}
        - {interaction: [a, b]}
        - {interaction: [{factor: region}, price]}
      penalty: {ridge: 1.0}
      precision: extended
      missing: leave out
      """)
    let model = try #require(file, "\(findings.map(\.message))")
    let specification = model.specification
    #expect(specification.response == "y" && specification.family == .gaussian && !specification.intercept)
    #expect(specification.weights == "w" && specification.weightMeaning == .replication)
    #expect(specification.precision == .extended)
    #expect(specification.penalty == .ridge(1) && specification.missing == .leaveOut)
    #expect(
      specification.terms == [
        .numeric("x1", standardised: false), .factor("region", reference: nil), .factor("city", reference: "wuxi"),
        .factor("grade", reference: "gold"), .spline("tenure", degreesOfFreedom: 4),
        .spline("age", degreesOfFreedom: 5), .polynomial("x", degree: 10), .numeric("n", standardised: true),
        .numeric("log(u)", standardised: false),
        .interaction([.numeric("a", standardised: false), .numeric("b", standardised: false)]),
        .interaction([.factor("region", reference: nil), .numeric("price", standardised: false)]),
      ])
    // Only columns without a kind of their own are left to the table.
    #expect(model.flexible == ["x1", "a", "b", "price"])
    #expect(model.places["city"]?.description == "model.yaml:9:21")
  }

  @Test(arguments: [
    ("family: binomial", Family.binomial), ("family: negativeBinomial", .negativeBinomial(size: nil)),
    ("family: negative_binomial", .negativeBinomial(size: nil)),
    ("family: {negativeBinomial: {size: 2}}", .negativeBinomial(size: 2)),
    ("family: {negative_binomial: {size: 2}}", .negativeBinomial(size: 2)),
    ("family: {tweedie: {power: 1.5}}", .tweedie(power: 1.5)), ("family: {tweedie: 1.5}", .tweedie(power: 1.5)),
    ("family: {poisson: }", .poisson),
  ])
  func `families are words or sections`(line: String, family: Family) throws {
    #expect(try specification("response: y\n\(line)\n").family == family)
  }

  @Test(arguments: [
    ("penalty: none", RegressionSpecification.Penalty.none), ("penalty: ridge", .ridge(nil)),
    ("penalty: {ridge: auto}", .ridge(nil)), ("penalty: {ridge: 0.5}", .ridge(0.5)),
    ("penalty: {lasso: 0.1}", .elasticNet(lambda: 0.1, alpha: 1)),
    ("penalty: {lasso: auto}", .elasticNet(lambda: nil, alpha: 1)),
    ("penalty: {elasticNet: {lambda: .1, alpha: .5}}", .elasticNet(lambda: 0.1, alpha: 0.5)),
    ("penalty: {elastic_net: {lambda: auto, alpha: 0.5}}", .elasticNet(lambda: nil, alpha: 0.5)),
    ("family: binomial\npenalty: firth", .firth),
  ])
  func `penalties are words or sections`(line: String, penalty: RegressionSpecification.Penalty) throws {
    #expect(try specification("response: y\n\(line)\n").penalty == penalty)
  }

  @Test func `survival has its own response`() throws {
    let specification = try specification(
      """
      survival: {time: stop, event: died, entry: start, model: kaplanMeier}
      event: 1
      ties: breslow
      strata: cell
      horizons: [24, 12]
      """)
    #expect(specification.response == nil && specification.event == "1" && specification.strata == "cell")
    #expect(
      specification.survival
        == .init(time: "stop", event: "died", entry: "start", model: .kaplanMeier, ties: .breslow))
    #expect(specification.horizons == [12, 24] && specification.terms == nil)
  }

  @Test func `random effects, clusters, folds and joins`() throws {
    let specification = try specification(
      """
      response: y
      random: [{intercept: partner}, {intercept: subject, slopes: [days]}, {slope: days, by: subject, correlated: false},
        {intercept: [a, b]}]
      estimation: ml
      folds: [fold_r0, fold_r1]
      holdouts: test_0
      ignore: customerID
      join: {file: folds.csv, on: customerID}
      unseen: refuse
      seed: 7
      """)
    typealias Effect = RegressionSpecification.RandomEffect
    #expect(
      specification.random == [
        Effect(grouping: ["partner"]), Effect(grouping: ["subject"], slopes: ["days"]),
        Effect(grouping: ["subject"], intercept: false, slopes: ["days"], isCorrelated: false),
        Effect(grouping: ["a", "b"]),
      ])
    #expect(specification.estimation == .ml)
    #expect(specification.folds == ["fold_r0", "fold_r1"] && specification.holdouts == ["test_0"])
    #expect(specification.join == .init(file: "folds.csv", key: "customerID") && specification.seed == 7)
    #expect(specification.ignore == ["customerID"] && specification.unseen == .refuse)
  }

  @Test func `offsets and clusters`() throws {
    let specification = try specification("response: y\nfamily: poisson\noffset: exposure\ncluster: partner\n")
    #expect(specification.offset == "exposure" && specification.cluster == "partner")
    #expect(specification.errors == .clustered)
  }

  /// What a fit would have to ignore is refused where it stands.
  @Test(arguments: [
    ("survival: {time: t, event: d, model: weibull}\npenalty: {ridge: 5}", "penalty"),
    ("survival: {time: t, event: d}\npenalty: {ridge: auto}", "penalty"),
    ("response: y\noffset: o\nrandom: [{intercept: a}]", "offset"),
    ("response: y\nfamily: poisson\nprecision: extended", "precision"),
    ("response: y\nfamily: poisson\nweightMeaning: replication", "weightMeaning"),
    ("response: y\nstrata: s", "strata"),
    ("response: y\nquadrature: 9\nrandom: [{intercept: a}]", "quadrature"),
    ("response: y\nfamily: binomial\npenalty: firth\ncluster: c", "cluster"),
    ("response: y\nfamily: gamma\npenalty: {lasso: 0.1}", "penalty"),
  ])
  func `conflicts stand at their key`(yaml: String, key: String) throws {
    let (file, findings) = read(yaml + "\n")
    #expect(file == nil)
    let finding = try #require(findings.first { $0.severity == .error })
    let line = try #require(yaml.split(separator: "\n").firstIndex { $0.hasPrefix(key) })
    #expect(finding.place?.line == line + 1 && finding.hint != nil, "\(finding)")
  }

  @Test func `folds may be drawn`() throws {
    let (file, _) = read("response: y\nseed: 3\nfolds: {count: 5}\n")
    #expect(file?.drawnFolds == .init(count: 5, seed: 3) && file?.specification.folds.isEmpty == true)
  }

  @Test func `automatic terms are a word or nothing`() throws {
    #expect(try specification("response: y\nterms: auto\n").terms == nil)
    #expect(try specification("response: y\nterms: []\n").terms == [])
  }

  @Test func `all findings of a file come in one pass, with places and near words`() {
    let (file, findings) = read(
      """
      respnse: y
      family: binomal
      link: logti
      terms: [{fator: region}, {spline: tenure, fd: 5}, {polynomial: x}, [a, b], x, x]
      penalty: {elasticNt: {lambda: 1}}
      random: [{intercep: partner}]
      missing: drop
      ties: efron
      """)
    #expect(file == nil)
    #expect(
      findings.map(\.summary).sorted() == [
        "P110 model.yaml:1:1", "P110 model.yaml:4:10", "P110 model.yaml:4:43", "P110 model.yaml:6:11",
        "P111 model.yaml:1:1", "P111 model.yaml:4:51", "P111 model.yaml:6:10", "P112 model.yaml:4:68",
        "P115 model.yaml:2:9", "P115 model.yaml:3:7", "P115 model.yaml:5:11", "P115 model.yaml:7:10",
        "P116 model.yaml:4:79", "P140 model.yaml:8:1",
      ])
    let hints = findings.compactMap(\.hint)
    for word in ["response", "binomial", "logit", "factor", "df", "elasticNet", "intercept"] {
      #expect(hints.contains { $0.contains("did you mean `\(word)`?") }, "no hint names \(word): \(hints)")
    }
  }

  @Test(arguments: [
    ("response: y\nlink: logit\n", "logit", "identity"),
    ("response: y\nevent: Yes\n", "event", "family: binomial"),
    ("response: y\npenalty: firth\n", "penalty", "family: binomial"),
    ("response: y\nsurvival: {time: t, event: e}\n", "response", "keep one"),
    ("response: y\nhorizons: [12]\n", "horizons", "survival"),
    ("response: y\nestimation: ml\n", "estimation", "random"),
    ("response: y\nterms: [y]\n", "y", "remove it"),
    ("response: y\nterms: [{factor: x}, {spline: x}]\n", "x", "keep one"),
    ("survival: {time: t, event: e}\nfamily: poisson\n", "family", "model"),
  ])
  func `keys that contradict one another are refused`(yaml: String, marked: String, hint: String) throws {
    let (file, findings) = read(yaml)
    #expect(file == nil)
    #expect(findings.count == 1)
    let finding = try #require(findings.first)
    #expect(finding.code.id == "P140" && finding.marked == marked && finding.hint?.contains(hint) == true)
  }

  @Test func `a model file needs something to explain`() {
    let (file, findings) = read("terms: [x]\n")
    #expect(file == nil)
    #expect(findings.map(\.summary) == ["P111 model.yaml:1:1"])
  }
}
