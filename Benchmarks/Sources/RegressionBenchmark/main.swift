import Glibc
import Sluice

/// `generate PROBLEM DIR [SCALE]` writes a seeded problem; `fit CASE DIR ROWS` fits it, writes the coefficients beside it
/// and prints CPU seconds, memory beyond the input and iterations as JSON.

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// A line of /proc/self/status in MB.
func memory(_ field: String) -> Double {
  guard let file = fopen("/proc/self/status", "r") else { return .nan }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, 256, file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if text.hasPrefix(field + ":"), let kilobytes = Double(text.filter(\.isNumber)) { return kilobytes / 1024 }
  }
  return .nan
}

/// Lets the peak start again from what is held now.
func resetPeak() {
  guard let file = fopen("/proc/self/clear_refs", "w") else { return }
  fputs("5", file)
  fclose(file)
}

func measure(_ folder: ProblemFolder, _ name: String, _ fit: () throws -> (coefficients: [Double], iterations: Int))
  throws
{
  resetPeak()
  let (before, start) = (memory("VmRSS"), cpuSeconds())
  let result = try fit()
  let seconds = cpuSeconds() - start
  folder.write(result.coefficients, "\(name)_ours")
  print(
    "{\"cpu\": \(seconds), \"extraMegabytes\": \(memory("VmHWM") - before), \"iterations\": \(result.iterations)}")
}

func design(_ folder: ProblemFolder, _ name: String, _ n: Int, _ p: Int, intercept: Bool) -> DesignMatrix {
  let ones = intercept ? [Double](repeating: 1, count: n) : []
  let elements = folder.read("\(name)_x", n * p, startingWith: ones)
  let names = (intercept ? ["(intercept)"] : []) + (1...p).map { "x\($0)" }
  return DesignMatrix(Matrix(rows: n, columns: names.count, elements: elements), names: names)
}

func run(_ name: String, _ folder: ProblemFolder, rows n: Int) throws {
  switch name {
  case "ols":
    let x = design(folder, "tall", n, 100, intercept: true)
    let y: [Double] = folder.read("tall_y", n)
    try measure(folder, name) {
      let fit = try LinearRegression().fit(x, response: y)
      return (fit.coefficients + fit.terms.map(\.standardError), 1)
    }
  case "logistic":
    let x = design(folder, "tall", n, 100, intercept: true)
    let y: [Double] = folder.read("tall_event", n)
    try measure(folder, name) {
      let fit = try GeneralizedLinearRegression(.binomial).fit(x, response: y)
      return (fit.coefficients + fit.terms.map(\.standardError), fit.iterations)
    }
  case "lasso":
    let x = design(folder, "lasso", n, 1000, intercept: true)
    let y: [Double] = folder.read("lasso_y", n)
    try measure(folder, name) {
      let path = try ElasticNetRegression(family: .gaussian, standardizes: false).fit(x, response: y)
      return (
        path.lambdas + path.fits.flatMap { $0.coefficients.dropFirst() }, path.fits.reduce(0) { $0 + $1.iterations }
      )
    }
  case "poisson":
    let dense = design(folder, "poisson", n, 20, intercept: true)
    let y: [Double] = folder.read("poisson_y", n)
    func factor(_ name: String, _ count: Int) -> DesignMatrix.Factor {
      let codes: [Int32] = folder.read("poisson_\(name)", n)
      // The first level is the reference.
      return .init(name: name, levels: (1..<count).map { "\($0)" }, codes: codes.map { $0 - 1 })
    }
    let x = DesignMatrix(dense.matrix, names: dense.names, factors: [factor("region", 300), factor("partner", 5000)])
    try measure(folder, name) {
      let fit = try GeneralizedLinearRegression(.poisson).fit(x, response: y)
      return (fit.coefficients, fit.iterations)
    }
  case "cox":
    let x = design(folder, "cox", n, 50, intercept: false)
    let (time, event): ([Double], [Double]) = (folder.read("cox_time", n), folder.read("cox_event", n))
    let response = try SurvivalResponse(time: time, event: event.map { $0 == 1 })
    try measure(folder, name) {
      let fit = try CoxRegression().fit(x, response)
      return (fit.coefficients + fit.terms.map(\.standardError), fit.iterations)
    }
  default: fatalError("no case is called \(name)")
  }
}

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("generate", 4): generate(arguments[2], into: ProblemFolder(path: arguments[3]), scale: 1)
case ("generate", 5): generate(arguments[2], into: ProblemFolder(path: arguments[3]), scale: Double(arguments[4]) ?? 1)
case ("fit", 5): try run(arguments[2], ProblemFolder(path: arguments[3]), rows: Int(arguments[4]) ?? 0)
default:
  print("usage: RegressionBenchmark generate PROBLEM DIR [SCALE] | fit CASE DIR ROWS")
  exit(2)
}
