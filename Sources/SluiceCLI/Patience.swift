import Sluice
import Synchronization

/// Says on the message stream what is being done and for how long, once it has taken two seconds.
final class Patience: Sendable {
  private struct State {
    var work = ""
    var isShown = false
    var ticker: Task<Void, Never>?
  }

  private let isQuiet: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(isQuiet: Bool) { self.isQuiet = isQuiet || !Terminal.isTerminal(.messages) }

  /// Names the work that begins now.
  func begin(_ work: String) {
    guard !isQuiet else { return }
    state.withLock { state in
      state.work = work
      guard state.ticker == nil else { return }
      state.ticker = Task.detached { [self] in
        try? await Task.sleep(for: .seconds(2))
        while !Task.isCancelled {
          show()
          try? await Task.sleep(for: .seconds(1))
        }
      }
    }
  }

  private func show() {
    let seconds = (ContinuousClock.now - start).components.seconds
    state.withLock { state in
      guard state.ticker != nil else { return }
      state.isShown = true
      Terminal.write("\r\u{1B}[K\(state.work): \(seconds) s", to: .messages)
    }
  }

  /// Takes the line away.
  func end() {
    state.withLock { state in
      state.ticker?.cancel()
      state.ticker = nil
      if state.isShown { Terminal.write("\r\u{1B}[K", to: .messages) }
      state.isShown = false
    }
  }
}
