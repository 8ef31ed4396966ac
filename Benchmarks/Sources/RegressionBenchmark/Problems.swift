import Glibc
import Sluice

/// Seeded problems that any language can make again: value i of a seed is SplitMix64 of (seed, i).
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
struct Seeded {
  let seed: UInt64

  private func bits(_ index: Int) -> UInt64 {
    var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// In [0, 1), 53 bits.
  func uniform(_ index: Int) -> Double { Double(bits(index) >> 11) * 0x1p-53 }

  /// Mean 0 and variance 1 from four uniforms: no function whose last digit depends on the library.
  func normal(_ index: Int) -> Double {
    let i = 4 * index
    return (((uniform(i) + uniform(i + 1)) + (uniform(i + 2) + uniform(i + 3))) - 2) * 1.7320508075688772
  }

  func normals(_ count: Int) -> [Double] { (0..<count).map(normal) }

  /// n × p columns that share a factor, so that they correlate by rho².
  static func design(_ seed: UInt64, rows n: Int, columns p: Int, rho: Double = 0.5) -> [Double] {
    let common = Seeded(seed: seed).normals(n)
    let own = Seeded(seed: seed + 1)
    let rest = (1 - rho * rho).squareRoot()
    return [Double](unsafeUninitializedCapacity: n * p) { buffer, count in
      for j in 0..<p {
        for i in 0..<n { buffer[j * n + i] = own.normal(i * p + j) * rest + rho * common[i] }
      }
      count = n * p
    }
  }
}

/// The files of a problem in a folder: raw doubles (column after column) and 32-bit integers.
struct ProblemFolder {
  let path: String

  func write<Value>(_ values: [Value], _ name: String) {
    guard let file = fopen("\(path)/\(name)", "wb") else { fatalError("cannot write \(path)/\(name)") }
    values.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
    fclose(file)
  }

  func read<Value>(_ name: String, _ count: Int, startingWith first: [Value] = []) -> [Value] {
    guard let file = fopen("\(path)/\(name)", "rb") else { fatalError("cannot read \(path)/\(name)") }
    defer { fclose(file) }
    return [Value](unsafeUninitializedCapacity: first.count + count) { buffer, initialized in
      for (i, value) in first.enumerated() { buffer[i] = value }
      let bytes = count * MemoryLayout<Value>.stride
      guard fread(buffer.baseAddress! + first.count, 1, bytes, file) == bytes else { fatalError("\(name) is short") }
      initialized = first.count + count
    }
  }
}

/// Writes the files of a problem.
func generate(_ problem: String, into folder: ProblemFolder, scale: Double) {
  func rows(_ full: Int) -> Int { Int(Double(full) * scale) }
  func predictor(_ x: [Double], _ coefficients: [Double], _ n: Int) -> [Double] {
    var eta = [Double](repeating: 0, count: n)
    for (j, b) in coefficients.enumerated() where b != 0 {
      for i in 0..<n { eta[i] += b * x[j * n + i] }
    }
    return eta
  }
  func sign(_ j: Int) -> Double { j % 2 == 0 ? 1 : -1 }
  switch problem {
  case "tall":
    let (n, p) = (rows(1_000_000), 100)
    let x = Seeded.design(11, rows: n, columns: p)
    let eta = predictor(x, (0..<p).map { sign($0) * Double(1 + $0 % 7) / 10 }, n)
    let (noise, chance) = (Seeded(seed: 21), Seeded(seed: 22))
    folder.write(x, "tall_x")
    folder.write((0..<n).map { 2 + eta[$0] + 3 * noise.normal($0) }, "tall_y")
    folder.write((0..<n).map { chance.uniform($0) < 1 / (1 + exp(1 - 0.5 * eta[$0])) ? 1.0 : 0 }, "tall_event")
  case "lasso":
    let (n, p) = (rows(100_000), 1000)
    let x = Seeded.design(31, rows: n, columns: p)
    let b = (0..<p).map { $0 % 20 == 0 ? sign($0 / 20) * 2 / Double(1 + ($0 / 20) % 10) : 0 }
    let noise = Seeded(seed: 41)
    folder.write(x, "lasso_x")
    folder.write(zip(predictor(x, b, n), 0..<n).map { $0 + 5 * noise.normal($1) }, "lasso_y")
  case "poisson":
    let (n, p) = (rows(1_000_000), 20)
    let x = Seeded.design(51, rows: n, columns: p)
    let (regions, partners) = (Seeded(seed: 61), Seeded(seed: 62))
    let region = (0..<n).map { Int32(regions.uniform($0) * 300) }
    let partner = (0..<n).map { i in Int32(partners.uniform(i) * partners.uniform(i) * 5000) }
    let eta = predictor(x, (0..<p).map { sign($0) * 0.05 * Double(1 + $0 % 3) }, n)
    let (r, c, chance) = (Seeded(seed: 63).normals(300), Seeded(seed: 64).normals(5000), Seeded(seed: 65))
    folder.write(x, "poisson_x")
    folder.write(region, "poisson_region")
    folder.write(partner, "poisson_partner")
    folder.write(
      (0..<n).map { i in
        poissonInverse(chance.uniform(i), exp(0.2 + eta[i] + 0.3 * r[Int(region[i])] + 0.5 * c[Int(partner[i])]))
      }, "poisson_y")
  case "cox":
    let (n, p) = (rows(100_000), 50)
    let x = Seeded.design(71, rows: n, columns: p)
    let eta = predictor(x, (0..<p).map { sign($0) * 0.1 * Double(1 + $0 % 5) }, n)
    let (life, end) = (Seeded(seed: 81), Seeded(seed: 82))
    let time = (0..<n).map { -log1p(-life.uniform($0)) / exp(eta[$0]) * 500 }
    let censored = (0..<n).map { end.uniform($0) * 1500 }
    folder.write(x, "cox_x")
    folder.write((0..<n).map { min(floor(min(time[$0], censored[$0])) + 1, 1500) }, "cox_time")
    folder.write((0..<n).map { time[$0] <= censored[$0] ? 1.0 : 0 }, "cox_event")
  default: fatalError("no problem is called \(problem)")
  }
}

/// The least k with P(K ≤ k) ≥ u.
func poissonInverse(_ u: Double, _ mean: Double) -> Double {
  var (k, p) = (0.0, exp(-mean))
  var sum = p
  while u > sum, k < 10_000 {
    k += 1
    p *= mean / k
    sum += p
  }
  return k
}
