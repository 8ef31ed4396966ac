internal import Dispatch

/// The results of `body(0) … body(count − 1)` in that order, computed on up to `threads` threads.
///
/// Each index is computed alone and stored in its own slot: the result does not depend on the number of threads.
package func parallelMap<Value: Sendable>(count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Value)
  -> [Value]
{
  guard threads > 1, count > 1 else { return (0..<count).map(body) }
  // Several chunks a thread even out series that take longer.
  let chunks = min(count, threads * 8)
  let results = [[Value]](unsafeUninitializedCapacity: chunks) { buffer, initialized in
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
      let range = count * chunk / chunks..<count * (chunk + 1) / chunks
      slots.initializeElement(at: chunk, to: range.map(body))
    }
    initialized = chunks
  }
  return results.flatMap { $0 }
}

/// An array of `count` slots of `slot` numbers each, every slot filled by its own call, on up to `threads` threads.
package func parallelFill(
  count: Int, slot: Int, threads: Int, _ body: @escaping @Sendable (Int, UnsafeMutableBufferPointer<Float>) -> Void
) -> [Float] {
  guard count > 0, slot > 0 else { return [] }
  return [Float](unsafeUninitializedCapacity: count * slot) { buffer, initialized in
    buffer.initialize(repeating: 0)
    nonisolated(unsafe) let values = buffer
    @Sendable func fill(_ index: Int) {
      body(index, UnsafeMutableBufferPointer(rebasing: values[index * slot..<(index + 1) * slot]))
    }
    if threads > 1 {
      let chunks = min(count, threads * 8)
      DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
        for index in count * chunk / chunks..<count * (chunk + 1) / chunks { fill(index) }
      }
    } else {
      for index in 0..<count { fill(index) }
    }
    initialized = count * slot
  }
}
