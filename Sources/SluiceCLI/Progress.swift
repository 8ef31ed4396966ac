import Sluice
import Synchronization

/// Says on the message stream which stage has finished, once a run has taken two seconds.
final class Progress: Sendable {
  private struct State {
    var running: [StageName] = []
    var finished = 0
    var isShown = false
  }

  private let start = ContinuousClock.now
  private let isQuiet: Bool
  private let state = Mutex(State())

  init(isQuiet: Bool) { self.isQuiet = isQuiet || !Terminal.isTerminal(.messages) }

  func note(_ event: StageGraph.Event) {
    state.withLock { state in
      switch event {
      case .started(let name): state.running.append(name)
      case .planned, .advanced, .tookOver: break
      case .finished(let name, _):
        state.running.removeAll { $0 == name }
        state.finished += 1
      }
      guard !isQuiet, ContinuousClock.now - start > .seconds(2) else { return }
      state.isShown = true
      let running = state.running.map(\.rawValue).joined(separator: ", ")
      Terminal.write("\r\u{1B}[K\(state.finished) stages done; running: \(running)", to: .messages)
    }
  }

  func finish() {
    state.withLock { if $0.isShown { Terminal.write("\r\u{1B}[K", to: .messages) } }
  }
}
