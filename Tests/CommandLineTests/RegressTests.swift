import Foundation
import Testing

/// `sluice regress` as a user runs it, on small tables.
@Suite struct RegressTests {
  private static let sales = """
    shop,sales,price,region,promo
    S1,12,5.0,east,0
    S2,15,4.5,west,1
    S3,11,5.2,east,0
    S4,17,4.1,west,1
    S5,13,4.8,east,1
    S6,14,4.6,north,0
    S7,16,4.2,north,1
    S8,10,5.5,east,0
    S9,12,5.1,west,0
    S10,18,3.9,north,1

    """

  private static let model = "response: sales\nterms: [price, region]\nignore: shop\n"

  private func desk(_ files: [String: String] = [:]) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    let standard = ["sales.csv": Self.sales, "model.yaml": Self.model]
    for (name, text) in standard.merging(files, uniquingKeysWith: { $1 }) { try folder.write(text, to: name) }
    return folder
  }

  private func run(_ folder: ScratchFolder, _ words: String) throws -> Command.Result {
    try Command.run(["regress"] + words.split(separator: " ").map(String.init), in: folder.url)
  }

  // MARK: What comes out

  @Test func `the table for people says what was fitted and how well`() throws {
    let result = try run(try desk(), "sales.csv --spec model.yaml")
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    try Snapshot.check(result.output, "regress-table")
  }

  @Test func `CSV has a row for each term`() throws {
    let result = try run(try desk(), "sales.csv --spec model.yaml --format csv")
    let lines = result.output.split(separator: "\n")
    #expect(result.status == 0)
    #expect(lines.first == "name,estimate,standardError,statistic,pValue,lower,upper")
    #expect(
      lines.dropFirst().map { $0.prefix { $0 != "," } } == ["(intercept)", "price", "region[north]", "region[west]"])
  }

  @Test func `JSON has the terms, the figures and the rows`() throws {
    let result = try run(try desk(), "sales.csv --spec model.yaml --format json")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let json = try #require(object as? [String: Any])
    #expect((json["terms"] as? [[String: Any]])?.count == 4)
    #expect(json["observations"] as? Double == 10 && json["converged"] as? Bool == true)
    for key in ["logLikelihood", "deviance", "nullDeviance", "aic", "bic", "dispersion", "rSquared"] {
      #expect(json[key] is Double, "no \(key)")
    }
    for key in ["iterations", "dropped", "notes", "leftOut", "family", "link"] {
      #expect(json[key] != nil, "no \(key)")
    }
  }

  @Test func `predictions have the keys of the rows`() throws {
    let folder = try desk(["next.csv": "shop,price,region\nN1,4.0,east\nN2,,west\n\"=N3\",5.0,south\n"])
    let result = try run(folder, "sales.csv --spec model.yaml --predict next.csv --format csv")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(result.status == 0)
    #expect(lines.first == "shop,prediction,se" && lines.count == 4)
    #expect(lines[1].hasPrefix("N1,") && lines[2] == "N2,,")
    #expect(lines[3].hasPrefix("'=N3,"), "a text that a spreadsheet would run")
    #expect(result.messages.contains("1 row without `price` left out in the prediction"))
    #expect(result.messages.contains("with a level of `region` that the fit had not seen"))
  }

  @Test func `a saved model predicts the same bytes`() throws {
    let folder = try desk()
    let first = try run(folder, "sales.csv --spec model.yaml --save m.json --predict sales.csv --format csv")
    let second = try run(folder, "--load m.json --predict sales.csv --format csv")
    #expect(first.status == 0 && second.status == 0, "\(second.messages)")
    #expect(first.output == second.output && !first.output.isEmpty)
  }

  @Test func `the result goes to a file, in the format of its name`() throws {
    let folder = try desk()
    let result = try run(folder, "sales.csv --spec model.yaml --predict sales.csv --output next.csv")
    #expect(result.status == 0 && result.output.isEmpty)
    let text = try String(contentsOf: folder.url.appending(path: "next.csv"), encoding: .utf8)
    #expect(text.hasPrefix("shop,prediction,se\nS1,"))
  }

  @Test func `an export writes the four tables`() throws {
    let folder = try desk(["model.yaml": Self.model + "folds: {count: 3}\n"])
    let result = try run(folder, "sales.csv --spec model.yaml --export out")
    #expect(result.status == 0, "\(result.messages)")
    let exported = folder.files.filter { $0.hasPrefix("out/") }
    #expect(exported == ["out/design.csv", "out/folds.csv", "out/residuals.csv", "out/scores.csv"])
  }

  @Test func `results do not depend on the number of threads`() throws {
    let folder = try desk(["model.yaml": Self.model + "folds: {count: 5}\n"])
    let one = try run(folder, "sales.csv --spec model.yaml --format json --threads 1")
    let two = try run(folder, "sales.csv --spec model.yaml --format json --threads 2")
    #expect(one.status == 0 && one.output == two.output && one.output.contains("heldOut"))
  }

  @Test func `names in Chinese, in UTF-8 and in GB18030, give the same result`() throws {
    let folder = try ScratchFolder()
    try folder.write("response: 销量\nterms: [价格, 地区]\n", to: "model.yaml")
    try folder.write("销量,价格,地区\n12,5,东\n15,4.5,西\n11,5.2,东\n17,4.1,西\n13,4.9,西\n", to: "a.csv")
    let (east, west): ([UInt8], [UInt8]) = ([0xB6, 0xAB], [0xCE, 0xF7])
    var bytes: [UInt8] = [0xCF, 0xFA, 0xC1, 0xBF, 0x2C, 0xBC, 0xDB, 0xB8, 0xF1, 0x2C, 0xB5, 0xD8, 0xC7, 0xF8, 0x0A]
    for (numbers, region) in [
      ("12,5,", east), ("15,4.5,", west), ("11,5.2,", east), ("17,4.1,", west), ("13,4.9,", west),
    ] {
      bytes += Array(numbers.utf8) + region + [0x0A]
    }
    try folder.write(Data(bytes), to: "b.csv")
    let utf8 = try run(folder, "a.csv --spec model.yaml")
    let gb18030 = try run(folder, "b.csv --spec model.yaml")
    #expect(utf8.status == 0 && utf8.output == gb18030.output, "\(gb18030.messages)")
    #expect(utf8.output.contains("地区[西]") || utf8.output.contains("地区[东]"))
  }

  @Test func `a column that others explain is named with them`() throws {
    let table = "y,a,b,c\n1,1,2,3\n2,2,1,3\n4,3,5,8\n3,4,1,5\n7,5,5,10\n"
    let folder = try desk(["t.csv": table, "m.yaml": "response: y\nterms: [a, b, c]\n"])
    let result = try run(folder, "t.csv --spec m.yaml")
    #expect(result.status == 0 && result.output.contains("dropped: c = a + b"), "\(result.output)")
  }

  // MARK: What is refused

  private func refusal(
    _ files: [String: String], _ snapshot: String, words: String = "sales.csv --spec model.yaml"
  ) throws {
    let folder = try desk(files)
    let before = folder.files
    let result = try run(folder, words)
    #expect(result.status == 2)
    #expect(result.output.isEmpty, "data on the output of a refused fit")
    #expect(folder.files == before, "a refused fit leaves no file")
    try Snapshot.check("exit \(result.status)\n\(result.messages)", snapshot)
  }

  @Test func `a letter in a number is found`() throws {
    try refusal(["sales.csv": Self.sales.replacingOccurrences(of: "4.8", with: "4.O8")], "regress-bad-cell")
  }

  @Test func `full-width digits are found`() throws {
    try refusal(["sales.csv": Self.sales.replacingOccurrences(of: "4.8", with: "４.8")], "regress-full-width")
  }

  @Test func `a column that is not there is named with the nearest`() throws {
    try refusal(["model.yaml": "response: sales\nterms: [prise, region]\n"], "regress-unknown-column")
  }

  @Test func `a model file with slips is refused with all of them`() throws {
    try refusal(
      ["model.yaml": "respons: sales\nfamily: poison\nterms: [price, {spline: promo, fd: 3}]\n"], "regress-bad-model")
  }

  @Test func `separated outcomes are refused with the term`() throws {
    try refusal(
      ["model.yaml": "response: promo\nfamily: binomial\nterms: [region, sales]\n"], "regress-separation")
  }

  @Test func `an outcome that the family does not allow is found`() throws {
    try refusal(
      [
        "model.yaml": "response: sales\nfamily: poisson\nterms: [price]\n",
        "sales.csv": Self.sales.replacingOccurrences(of: "S5,13", with: "S5,-13"),
      ], "regress-bad-response")
  }

  @Test func `an outcome in words needs its event`() throws {
    try refusal(["model.yaml": "response: region\nfamily: binomial\nterms: [price]\n"], "regress-words")
  }

  @Test func `a missing table is refused with the nearest name`() throws {
    try refusal([:], "regress-no-table", words: "sale.csv --spec model.yaml")
  }

  @Test func `a file that is no saved model is refused`() throws {
    try refusal([:], "regress-bad-load", words: "--load model.yaml --predict sales.csv")
  }

  @Test(arguments: [
    "", "sales.csv", "--spec model.yaml", "sales.csv --spec model.yaml --load m.json", "--load m.json --export out",
    "sales.csv --spec model.yaml --format xml", "sales.csv --spec model.yaml --threads 0",
  ])
  func `options that do not go together are refused`(words: String) throws {
    let result = try run(try desk(), words)
    #expect(result.status == 2 && result.output.isEmpty && result.messages.contains("Error:"), "\(result.messages)")
  }

  @Test(arguments: ["R101", "R104", "R120", "R121", "P140"])
  func `codes are explained`(code: String) throws {
    let folder = try ScratchFolder()
    let result = try Command.run(["explain", code], in: folder.url)
    #expect(result.status == 0 && result.output.contains(code))
  }
}
