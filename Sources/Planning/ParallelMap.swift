import Dispatch
import Synchronization

/// Applies `transform` to every element on up to `threads` threads; results stand in the order of the elements, so
/// they do not depend on how the work was shared.
package func parallelMap<Element: Sendable, Result: Sendable>(
  _ elements: [Element], threads: Int, _ transform: @Sendable (Element) -> Result
) -> [Result] {
  guard threads > 1, elements.count > 1 else { return elements.map(transform) }
  let next = Counter()
  return [Result](unsafeUninitializedCapacity: elements.count) { buffer, initialized in
    nonisolated(unsafe) let slots = buffer.baseAddress!
    DispatchQueue.concurrentPerform(iterations: min(threads, elements.count)) { _ in
      while let index = next.take(below: elements.count) {
        (slots + index).initialize(to: transform(elements[index]))
      }
    }
    initialized = elements.count
  }
}

/// Hands out 0, 1, 2, … to several threads, each number once.
private final class Counter: Sendable {
  private let value = Mutex(0)

  func take(below limit: Int) -> Int? {
    value.withLock { next in
      guard next < limit else { return nil }
      defer { next += 1 }
      return next
    }
  }
}
