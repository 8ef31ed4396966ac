import ArgumentParser
import Glibc
import Sluice
import Synchronization

enum ProgressStyle: String, ExpressibleByArgument, CaseIterable { case auto, bar, json, none }

/// The options of every verb that may take long.
struct ProgressOptions: ParsableArguments {
  @Option(
    help: """
      Progress on the message stream: auto (a line after two seconds, on a terminal), bar (anywhere), json (an object a \
      line), none.
      """)
  var progress: ProgressStyle = .auto

  @Flag(help: "The same as --progress none.")
  var noProgress = false

  /// The style to use: JSON was asked for by a program and stays without notes for people.
  func style(isQuiet: Bool) -> ProgressStyle {
    guard !noProgress else { return .none }
    switch progress {
    case .auto: return isQuiet || !Terminal.isTerminal(.messages) ? .none : .bar
    case .bar: return isQuiet ? .none : .bar
    case .json, .none: return progress
    }
  }
}

/// Says on the message stream what is being done, how far it is and how long the rest may take, once it has taken two
/// seconds; a program hears of every stage that begins, and twice a second how far it is.
final class Progress: Sendable {
  private struct State {
    var work = WorkProgress()
    var isShown = false
    var isTicking = false
    var hasEnded = false
  }

  private let style: ProgressStyle
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// Seconds before anything is shown to people.
  private static let patience = 2.0
  private static let tables = "reading tables"

  init(_ options: ProgressOptions, isQuiet: Bool = false) { style = options.style(isQuiet: isQuiet) }

  /// Names the work that begins now, or says how far counted work is. What was begun without a count before has ended.
  func begin(_ work: String, _ counted: (done: Int, total: Int)? = nil) {
    update { progress in
      for part in progress.running where part.weight == 0 { progress.finish(part.name) }
      if let counted {
        progress.advance(work, done: counted.done, of: counted.total)
      } else {
        progress.plan(work, weight: 0)
        progress.start(work)
      }
    }
  }

  /// Takes what happens in an evaluation of stages.
  func note(_ event: StageGraph.Event) {
    update { progress in
      switch event {
      case .reading(let done, let total):
        // Tables are read at some 60 MB a second; stages tell their own seconds.
        if done == 0 { progress.plan(Self.tables, weight: Double(total) / 60e6) }
        progress.advance(Self.tables, done: done, of: total)
      case .planned(let stages):
        progress.finish(Self.tables)
        for (name, work) in stages { progress.plan(name.rawValue, weight: work) }
      case .started(let name): progress.start(name.rawValue)
      case .advanced(let name, let done, let total): progress.advance(name.rawValue, done: done, of: total)
      case .tookOver(let name): progress.skip(name.rawValue)
      case .finished(let name, _): progress.finish(name.rawValue)
      }
    }
  }

  /// Changes what is known of the work.
  func update(_ change: (inout WorkProgress) -> Void) {
    guard style != .none else { return }
    let isFirst = state.withLock { state in
      let before = state.work.running.map(\.name)
      change(&state.work)
      if style == .json, state.work.running.contains(where: { !before.contains($0.name) }) { show(&state) }
      defer { state.isTicking = true }
      return !state.isTicking
    }
    if isFirst { BackgroundThread.start { [self] in tick() } }
  }

  private func tick() {
    while true {
      usleep(500_000)
      let goesOn = state.withLock { state in
        guard !state.hasEnded else { return false }
        show(&state)
        return true
      }
      guard goesOn else { return }
    }
  }

  private func show(_ state: inout State) {
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let remaining = state.work.remaining(after: elapsed)
    guard !state.work.running.isEmpty else { return }
    if style == .json {
      Terminal.write(ProgressText.json(state.work, elapsed: elapsed, remaining: remaining), to: .messages)
    } else if elapsed >= Self.patience {
      let line = ProgressText.line(state.work, elapsed: elapsed, remaining: remaining)
      Terminal.write(Terminal.isTerminal(.messages) ? "\r\u{1B}[K\(line)" : line + "\n", to: .messages)
      state.isShown = true
    }
  }

  /// Takes the line away; nothing more is shown.
  func end() {
    state.withLock { state in
      if state.isShown, Terminal.isTerminal(.messages) { Terminal.write("\r\u{1B}[K", to: .messages) }
      state.isShown = false
      state.hasEnded = true
    }
  }
}
