internal import COpenBLAS

/// BLAS is held to one thread: parallelism lives above it (over series, partners, scenarios), where it costs nothing,
/// and results then do not depend on how many threads BLAS would have taken. Two BLAS threads on small matrices cost
/// 15 to 40 times the work itself.
public enum BLASThreads {
  private static let holdToOne: Void = openblas_set_num_threads(1)

  /// Holds BLAS to one thread; every call of this module into BLAS or LAPACK does this first. Idempotent and cheap.
  public static func useOne() { holdToOne }

  /// The library and its version as it describes itself: `OpenBLAS 0.3.21`.
  public static var library: String {
    let words = String(cString: openblas_get_config()).split(separator: " ")
    return words.prefix(2).joined(separator: " ")
  }

  /// How many threads BLAS uses now.
  public static var current: Int {
    useOne()
    return Int(openblas_get_num_threads())
  }
}
