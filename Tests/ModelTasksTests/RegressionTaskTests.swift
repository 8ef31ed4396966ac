import Foundation
import ModelTasks
import Regression
import Specifications
import Tables
import Testing

@Suite struct RegressionTaskTests {
  private static let table: String = {
    var text = "id,y,churn,x,region\n"
    for row in 0..<40 {
      let x = Double((row * 7) % 20) / 2
      let region = ["east", "west", "north"][row % 3]
      let churn = (row * 5) % 11 < 4 ? "Yes" : "No"
      text += "C\(row),\(2 + 3 * x + Double(row % 5)),\(churn),\(x),\(region)\n"
    }
    return text
  }()

  private struct Document: Decodable {
    struct Term: Decodable {
      var name: String
      var estimate, standardError, statistic, pValue, lower, upper: Double
    }
    var terms: [Term]
  }

  private func fit(
    _ model: String, _ table: String = table, at desk: Desk
  ) throws -> (task: RegressionTask?, findings: [Diagnostic], path: String) {
    let path = try desk.write(table, to: "table.csv")
    var findings = Findings()
    let file = try #require(
      RegressionFile.read(try desk.write(model, to: "model.yaml"), findings: &findings), "\(findings.kept)")
    return (RegressionTask.fit(file, to: path, findings: &findings), findings.kept, path)
  }

  @Test(arguments: [
    "response: y\nterms: [x, region]\nignore: id\n",
    "response: churn\nevent: Yes\nfamily: binomial\nterms: [{spline: x, df: 3}, region]\nignore: id\n",
    "survival: {time: y, event: churn}\nevent: Yes\nterms: [x, region]\nhorizons: [10, 20]\nignore: id\n",
    "response: y\nterms: [x]\nrandom: [{intercept: region}]\nignore: id\n",
  ])
  func `a saved model predicts the same bytes`(model: String) throws {
    let desk = try Desk()
    let (fitted, findings, path) = try fit(model, at: desk)
    let task = try #require(fitted, "\(findings.map(\.message))")
    let saved = desk.url.appending(path: "model.json").path
    try SavedRegression.save(task.fitted, to: saved)
    var found = Findings()
    let loaded = try #require(RegressionTask.load(saved, findings: &found), "\(found.kept.map(\.message))")
    let before = try #require(task.predict(path, findings: &found))
    let after = try #require(loaded.predict(path, findings: &found))
    #expect(CSVWriter.text(before) == CSVWriter.text(after))
    #expect(before.columns.map(\.name).prefix(3) == ["id", "prediction", "se"])
    #expect(before.rowCount == 40 && before.numbers("prediction")?.allSatisfy(\.isFinite) == true)
    // Saving again gives the same file.
    let again = desk.url.appending(path: "again.json").path
    try SavedRegression.save(loaded.fitted, to: again)
    #expect(try Data(contentsOf: URL(filePath: again)) == Data(contentsOf: URL(filePath: saved)))
  }

  @Test func `survival has a column for each horizon`() throws {
    let desk = try Desk()
    let model = "survival: {time: y, event: churn}\nevent: Yes\nterms: [x]\nhorizons: [10, 20.5]\n"
    let (fitted, _, path) = try fit(model, at: desk)
    let task = try #require(fitted)
    var findings = Findings()
    let table = try #require(task.predict(path, findings: &findings))
    #expect(table.columns.map(\.name) == ["row", "prediction", "se", "survival_10", "survival_20.5"])
    let (first, second) = (try #require(table.numbers("survival_10")), try #require(table.numbers("survival_20.5")))
    #expect(zip(first, second).allSatisfy { $0 >= $1 && $1 >= 0 && $0 <= 1 })
  }

  @Test func `a row that misses a value has no prediction and is counted`() throws {
    let desk = try Desk()
    let (fitted, _, _) = try fit("response: y\nterms: [x, region]\n", at: desk)
    let task = try #require(fitted)
    let path = try desk.write("x,region\n1,east\n,west\n2,south\n", to: "next.csv")
    var findings = Findings()
    let table = try #require(task.predict(path, findings: &findings))
    #expect(table.rowCount == 3 && table.numbers("prediction")?.map(\.isNaN) == [false, true, false])
    #expect(findings.kept.map(\.code.id) == ["R110", "R110"])
    #expect(findings.kept.map(\.message).contains { $0.hasPrefix("1 row without `x` left out") })
    #expect(findings.kept.map(\.message).contains { $0.contains("level of `region` that the fit had not seen") })
  }

  @Test func `folds give held-out scores that JSON carries`() throws {
    let desk = try Desk()
    let model = "response: churn\nevent: Yes\nfamily: binomial\nterms: [x]\nfolds: {count: 4, seed: 2}\n"
    let (fitted, findings, _) = try fit(model, at: desk)
    let task = try #require(fitted, "\(findings.map(\.message))")
    #expect(task.heldOut.count == 1 && task.heldOut[0].folds.count == 4)
    #expect(task.heldOut[0].predictions.allSatisfy { $0 != nil })
    let text = task.json().indented
    for name in ["heldOut", "mean", "logLoss", "auc", "brier"] { #expect(text.contains("\"\(name)\""), "no \(name)") }
  }

  @Test func `JSON carries the terms and the figures with all their digits`() throws {
    let desk = try Desk()
    let (fitted, _, _) = try fit("response: y\nterms: [x, region]\n", at: desk)
    let task = try #require(fitted)
    let bytes = Data(task.json().indented.utf8)
    // JSONDecoder reads numbers to the last bit, JSONSerialization on Linux does not.
    let terms = try JSONDecoder().decode(Document.self, from: bytes).terms
    #expect(terms.map(\.name) == task.fitted.terms.map(\.name))
    for (term, fitted) in zip(terms, task.fitted.terms) {
      #expect(term.estimate == fitted.estimate && term.standardError == fitted.standardError)
      #expect(term.pValue == fitted.pValue && term.statistic == fitted.statistic)
      #expect(term.lower == fitted.interval().lowerBound && term.upper == fitted.interval().upperBound)
    }
    let json = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    for key in ["logLikelihood", "deviance", "nullDeviance", "aic", "bic", "dispersion", "rSquared"] {
      #expect(json[key] is Double, "no \(key)")
    }
    #expect(json["observations"] as? Double == 40 && json["converged"] as? Bool == true)
    #expect(json["family"] as? String == "gaussian" && json["link"] as? String == "identity")
    #expect(json["dropped"] is [Any] && json["notes"] is [Any] && json["leftOut"] is [String: Any])
  }

  @Test func `a column that others explain is dropped and named`() throws {
    let desk = try Desk()
    let table = "y,a,b,c\n1,1,2,3\n2,2,1,3\n4,3,5,8\n3,4,1,5\n7,5,5,10\n"
    let (fitted, _, _) = try fit("response: y\nterms: [a, b, c]\n", table, at: desk)
    let task = try #require(fitted)
    #expect(task.fitted.dropped.map(\.name) == ["c"])
    #expect(task.json().indented.contains("c = a + b"))
  }

  @Test func `separation is refused with the line of its term`() throws {
    let desk = try Desk()
    let table = "y,x,z\n0,1,3\n0,2,1\n0,3,2\n1,4,3\n1,5,1\n1,6,2\n"
    let (task, findings, _) = try fit("response: y\nfamily: binomial\nterms: [z, x]\n", table, at: desk)
    #expect(task == nil)
    let finding = try #require(findings.first)
    #expect(finding.code.id == "R120" && finding.place?.line == 3 && finding.hint != nil)
  }

  @Test func `a response that the family does not allow is found in the table`() throws {
    let desk = try Desk()
    let table = "y,x\n3,1\n,2\n4,2\n-2,3\n5,4\n"
    let (task, findings, _) = try fit("response: y\nfamily: poisson\nterms: [x]\n", table, at: desk)
    #expect(task == nil)
    #expect(findings.map(\.summary) == ["R122 table.csv:5:1"])
    #expect(findings.first?.message == "`y` is -2, which is outside 0 and above")
  }

  @Test func `an export has the design, the residuals, the folds and the scores, without formulas`() throws {
    let desk = try Desk()
    let table = Self.table.replacing("C3,", with: "=1+1,")
    let (fitted, _, _) = try fit("response: y\nterms: [x, region]\nignore: id\nfolds: {count: 4}\n", table, at: desk)
    let task = try #require(fitted)
    let folder = desk.url.appending(path: "export")
    try RegressionExport(task).write(to: folder.path)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["design.csv", "folds.csv", "residuals.csv", "scores.csv"])
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    #expect(try text("design.csv").hasPrefix("id,(intercept),x,region[north],region[west]\n"))
    #expect(try text("residuals.csv").hasPrefix("id,observed,fitted,residual,pearson_residual,deviance_residual,"))
    for name in names {
      #expect(try text(name).contains("\n'=1+1,"), "\(name) leaves a formula")
      #expect(try text(name).split(separator: "\n").count == 41)
    }
    // A second export takes the place of the first.
    try RegressionExport(task).write(to: folder.path)
  }

  @Test func `a file that is no saved model is refused`() throws {
    let desk = try Desk()
    var findings = Findings()
    #expect(RegressionTask.load(try desk.write("{}", to: "model.json"), findings: &findings) == nil)
    #expect(RegressionTask.load(desk.url.path + "/none.json", findings: &findings) == nil)
    #expect(findings.kept.map(\.code.id) == ["R109", "D101"])
  }

  @Test func `every code is explained once`() {
    let codes = ModelTaskCodes.all.map(\.id)
    #expect(Set(codes).count == codes.count)
    #expect(ModelTaskCodes.all.allSatisfy { $0.explanation.count > 40 })
  }
}
