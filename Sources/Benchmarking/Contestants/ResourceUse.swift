internal import Glibc

/// What a contestant used: processor time of all its threads, and memory at its highest.
public struct ResourceUse: Sendable, Hashable {
  /// User and system time.
  public var cpuSeconds: Double
  public var wallSeconds: Double
  /// Bytes; for a model of this process what the process held in all. Nil where the system does not tell.
  public var peakMemory: Int?

  public init(cpuSeconds: Double, wallSeconds: Double, peakMemory: Int? = nil) {
    self.cpuSeconds = cpuSeconds
    self.wallSeconds = wallSeconds
    self.peakMemory = peakMemory
  }

  static let none = ResourceUse(cpuSeconds: 0, wallSeconds: 0)

  /// The sum of times, the larger of the peaks.
  static func + (left: Self, right: Self) -> Self {
    let peaks = [left.peakMemory, right.peakMemory].compactMap(\.self)
    return ResourceUse(
      cpuSeconds: left.cpuSeconds + right.cpuSeconds, wallSeconds: left.wallSeconds + right.wallSeconds,
      peakMemory: peaks.max())
  }

  /// What `work` uses in this process.
  static func of<Result>(_ work: () throws -> Result) rethrows -> (result: Result, use: ResourceUse) {
    resetPeak()
    let (cpu, wall) = (processSeconds, wallSeconds)
    let result = try work()
    return (
      result,
      ResourceUse(cpuSeconds: processSeconds - cpu, wallSeconds: wallSeconds - wall, peakMemory: peakMemory)
    )
  }

  init(_ usage: rusage, wallSeconds: Double) {
    cpuSeconds = Self.seconds(usage)
    self.wallSeconds = wallSeconds
    peakMemory = usage.ru_maxrss * 1024
  }

  static var wallSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static var processSeconds: Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return seconds(usage)
  }

  private static func seconds(_ usage: rusage) -> Double {
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Lets the kernel count the highest memory from here on; without effect where it cannot.
  private static func resetPeak() {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, "5", 1)
    close(file)
  }

  private static var peakMemory: Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
