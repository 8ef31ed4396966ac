import Glibc
import Sluice

/// `tourism [EARLIER]` reads state, region, purpose, quarter, trips on standard input, forecasts the eight quarters that
/// start EARLIER quarters before the last eight, and prints the mean MASE of all nodes by base forecast and method.
/// `large [PARTNERS] [PERIODS] [HORIZON]` reconciles a made-up network of regions, cities and partners crossed with
/// products and prints CPU seconds and memory.

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

func fixed(_ value: Double, _ digits: Int = 3) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  return "\((value * scale).rounded() / scale)"
}

func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}

let arguments = CommandLine.arguments
func number(_ position: Int, _ standard: Int) -> Int {
  arguments.count > position ? Int(arguments[position]) ?? standard : standard
}

switch arguments.count > 1 ? arguments[1] : "" {
case "tourism": try Tourism(earlier: number(2, 0)).report()
case "large": try LargeNetwork(partners: number(2, 3600), periods: number(3, 48), horizon: number(4, 12)).report()
default: print("usage: HierarchyBenchmark tourism [EARLIER] | large [PARTNERS] [PERIODS] [HORIZON]")
}
