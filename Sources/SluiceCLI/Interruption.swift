import Glibc
import Synchronization

/// Signals that have come, and the end of the pipe that a signal handler may write to.
private let signalCount = Atomic<Int>(0)
private let signalPipe = Atomic<Int32>(-1)

/// What Ctrl-C and SIGTERM do: the first lets the verb put away what it has, a second ends the process at once. Either
/// way the exit status is 130, and outputs, written beside and renamed, are whole or not there.
///
/// Programs that are started do not inherit any of it: handlers are reset on `exec`.
final class Interruption: Sendable {
  static let shared = Interruption()

  private let action = Mutex<(@Sendable () -> Void)?>(nil)
  private let isUnderWay = Atomic<Bool>(false)

  /// Begins to listen; called once, before anything else.
  func install() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
    let reading = ends[0]
    BackgroundThread.start { [self] in
      var byte: UInt8 = 0
      while read(reading, &byte, 1) < 0, errno == EINTR {}
      isUnderWay.store(true, ordering: .sequentiallyConsistent)
      action.withLock { $0 }?()
      _exit(ExitStatus.interrupted.rawValue)
    }
    for number in [SIGINT, SIGTERM] {
      // Only what may be called in a handler: atomics, `write` and `_exit`.
      signal(number) { _ in
        let before = errno
        if signalCount.add(1, ordering: .sequentiallyConsistent).oldValue > 0 {
          _exit(ExitStatus.interrupted.rawValue)
        }
        var byte: UInt8 = 1
        _ = write(signalPipe.load(ordering: .sequentiallyConsistent), &byte, 1)
        errno = before
      }
    }
  }

  /// Says what is to be done on the first signal, in place of what was said before; the process ends after it.
  func whenAsked(_ action: (@Sendable () -> Void)?) { self.action.withLock { $0 = action } }

  /// Does not return where the process is about to end by a signal: nothing else is to be said or written then.
  func waitIfUnderWay() {
    guard isUnderWay.load(ordering: .sequentiallyConsistent) else { return }
    while true { pause() }
  }
}
