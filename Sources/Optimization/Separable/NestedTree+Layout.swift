import Glibc

extension NestedTree.Form {
  init(_ family: ReturnFunction.Family, isEverything: Bool) {
    guard isEverything else {
      self = .envelope
      return
    }
    switch family {
    case .hill: self = .hill
    case .logarithm: self = .logarithm
    case .exponentialSaturation: self = .exponential
    case .power: self = .power
    case .generalHill, .logistic: self = .sCurve
    case .zero, .composed: self = .envelope
    }
  }
}

extension NestedTree {
  mutating func layOut(_ problem: SeparableAllocation) {
    layOutNodes(problem)
    sortItems(problem)
    // 2. Bounds and coefficients in that order.
    let beyond = 2 * problem.groups[0].cap
    let count = itemAt.count
    lower = gathered(problem.itemLowers)
    upper = gathered(problem.itemUppers)
    // Some finite end beyond the whole, which no feasible amount reaches.
    lower.withUnsafeBufferPointer { lower in
      upper.withUnsafeMutableBufferPointer { upper in
        for position in 0..<count { upper[position] = min(upper[position], lower[position] + beyond) }
      }
    }
    amounts = zeros(count)
    fillCoefficients(problem)
    setPriceScale(problem)
  }

  /// One counting sort of the items by node and form.
  private mutating func sortItems(_ problem: SeparableAllocation) {
    let count = problem.itemCount
    let hasDomains = !problem.domains.isEmpty
    let (families, groups, nodeOf) = (problem.families, problem.itemGroups, nodeOfGroup)
    var starts = [Int](repeating: 0, count: 6 * groupAt.count + 1)
    var ofForm = [Int](repeating: 0, count: 6)
    let slots = [Int32](unsafeUninitializedCapacity: count) { slots, filled in
      for index in 0..<count {
        let form = Form(families[index], isEverything: !hasDomains || problem.domains[index] == nil).rawValue
        let slot = 6 * nodeOf[groups[index]] + form
        slots[index] = Int32(truncatingIfNeeded: slot)
        starts[slot + 1] += 1
        ofForm[form] += 1
      }
      filled = count
    }
    for slot in 1..<starts.count { starts[slot] += starts[slot - 1] }
    var next = starts
    itemAt = [Int](unsafeUninitializedCapacity: count) { sorted, filled in
      for index in 0..<count {
        let slot = Int(slots[index])
        sorted[next[slot]] = index
        next[slot] += 1
      }
      filled = count
    }
    segment = starts
    leading = Form.allCases.max { ofForm[$0.rawValue] < ofForm[$1.rawValue] } ?? .hill
  }

  /// Values by item, in the order of positions.
  private func gathered(_ values: [Double]) -> [Double] {
    let count = itemAt.count
    return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
      itemAt.withUnsafeBufferPointer { itemAt in
        values.withUnsafeBufferPointer { values in
          for position in 0..<count { buffer[position] = values[itemAt[position]] }
        }
      }
      filled = count
    }
  }

  private mutating func fillCoefficients(_ problem: SeparableAllocation) {
    var gain = gathered(problem.amplitudes)
    var shift = gathered(problem.scales)
    gain.withUnsafeMutableBufferPointer { gain in
      shift.withUnsafeMutableBufferPointer { shift in
        for node in groupAt.indices {
          for position in range(node, .hill) {
            gain[position] = (gain[position] * shift[position]).squareRoot()
            shift[position] = -shift[position]
          }
          for position in range(node, .logarithm) { shift[position] = -shift[position] }
          for position in range(node, .exponential) {
            let (amplitude, scale) = (gain[position], shift[position])
            gain[position] = scale
            shift[position] = scale * log(amplitude / scale)
          }
          for position in range(node, .power) {
            let (amplitude, scale, shape) = (gain[position], shift[position], problem.shapes[itemAt[position]])
            gain[position] = 1 / (1 - shape)
            shift[position] = log(scale) + log(amplitude * shape / scale) / (1 - shape)
          }
        }
      }
    }
    (self.gain, self.shift) = (gain, shift)
  }

  private mutating func layOutNodes(_ problem: SeparableAllocation) {
    let count = problem.groups.count
    var firstChild = [Int](repeating: -1, count: count)
    var nextSibling = [Int](repeating: -1, count: count)
    for group in (0..<count).reversed() {
      guard let above = problem.groups[group].parent else { continue }
      nextSibling[group] = firstChild[above]
      firstChild[above] = group
    }
    nodeOfGroup = [Int](repeating: 0, count: count)
    var group = 0
    while group >= 0 {
      nodeOfGroup[group] = groupAt.count
      groupAt.append(group)
      parent.append(problem.groups[group].parent.map { nodeOfGroup[$0] } ?? -1)
      floor.append(problem.groups[group].floor)
      cap.append(problem.groups[group].cap)
      var next = firstChild[group]
      while next < 0, group >= 0 {
        next = nextSibling[group]
        group = problem.groups[group].parent ?? -1
      }
      group = next
    }
    end = Array(1...count)
    for node in (1..<max(1, count)).reversed() { end[parent[node]] = max(end[parent[node]], end[node]) }
    (price, least, most, weight) = (zeros(count), zeros(count), zeros(count), zeros(count))
  }

  /// The average slope of a sample of items, enough for a first guess and for what counts as no price at all.
  private mutating func setPriceScale(_ problem: SeparableAllocation) {
    let stride = max(1, itemAt.count / 256)
    var (gained, range) = (0.0, 0.0)
    for position in Swift.stride(from: 0, to: itemAt.count, by: stride) {
      let function = problem.items[itemAt[position]].function
      let top = min(upper[position], max(problem.groups[0].cap, lower[position]))
      guard function.family != .zero, top > lower[position] else { continue }
      gained += abs(function.value(at: top) - function.value(at: lower[position]))
      range += top - lower[position]
    }
    let average = gained > 0 && range > 0 ? gained / range : 0
    priceScale = average > 0 && average < .infinity ? average : (valueOfUnspent > 0 ? valueOfUnspent : 1)
  }

  /// Checks floors against caps from the leaves up. Where a group can only be at the least (or the most) that its parts
  /// allow, fixes the parts: no finite price would hold a steep function at zero.
  mutating func pinForced(tolerance: Double) throws(AllocationError) {
    let count = groupAt.count
    var (leastOf, mostOf) = (zeros(count), zeros(count))
    var (partLeast, partMost) = (zeros(count), zeros(count))
    for node in (0..<count).reversed() {
      var own = (least: 0.0, most: 0.0)
      for position in items(of: node) {
        let (low, high) = (lower[position], upper[position])
        if low > high {
          guard low <= high + tolerance else { throw .infeasible }
          upper[position] = low
        }
        own.least += low
        own.most += max(low, high)
      }
      partLeast[node] += own.least
      partMost[node] += own.most
      guard floor[node] <= cap[node] + tolerance, partLeast[node] <= cap[node] + tolerance,
        partMost[node] >= floor[node] - tolerance
      else { throw .infeasible }
      leastOf[node] = max(partLeast[node], floor[node])
      mostOf[node] = min(partMost[node], cap[node])
      if node > 0 {
        partLeast[parent[node]] += leastOf[node]
        partMost[parent[node]] += mostOf[node]
      }
    }
    // What room there is above every group's least, from the root down.
    var room = zeros(count)
    for node in 0..<count {
      room[node] = min(cap[node], node == 0 ? .infinity : leastOf[node] + max(0, room[parent[node]])) - partLeast[node]
      let atLeast = cap[node] <= partLeast[node]
      if atLeast || floor[node] >= partMost[node] {
        pinParts(of: node, toLeast: atLeast, leastOf, mostOf)
        room[node] = max(0, room[node])
      }
      tightenEnvelopes(of: node, room: room[node])
    }
  }

  private mutating func pinParts(of node: Int, toLeast: Bool, _ leastOf: [Double], _ mostOf: [Double]) {
    for position in items(of: node) {
      if toLeast { upper[position] = lower[position] } else { lower[position] = upper[position] }
    }
    var child = node + 1
    while child < end[node] {
      if toLeast { cap[child] = leastOf[child] } else { floor[child] = mostOf[child] }
      child = end[child]
    }
    // Its parts now say the same: the limit needs no price.
    (floor[node], cap[node]) = (-.infinity, .infinity)
  }

  /// An item that is not concave gets no more room than its groups leave it: the envelope comes closer.
  private mutating func tightenEnvelopes(of node: Int, room: Double) {
    guard room.isFinite else { return }
    for position in range(node, .sCurve).lowerBound..<range(node, .envelope).upperBound {
      upper[position] = min(upper[position], max(lower[position], lower[position] + max(0, room) * (1 + 1e-12)))
    }
  }

  mutating func buildEnvelopes(_ problem: SeparableAllocation) {
    for node in groupAt.indices {
      for position in range(node, .sCurve) {
        if curves.isEmpty { curves = [EnvelopedCurve](repeating: .none, count: itemAt.count) }
        curves[position] = EnvelopedCurve(
          problem.items[itemAt[position]].function, from: lower[position], to: upper[position])
      }
      for position in range(node, .envelope) {
        if envelopes.isEmpty { envelopes = [ConcaveEnvelope?](repeating: nil, count: itemAt.count) }
        let item = problem.items[itemAt[position]]
        let envelope = ConcaveEnvelope(item.function, on: item.domain, from: lower[position], to: upper[position])
        envelopes[position] = envelope
        (lower[position], upper[position]) = (envelope.lower, envelope.upper)
      }
    }
  }

  // MARK: Certificate

  /// Σ f̂ − price · x at the best response to every node's price, plus what the limits are worth: by weak duality no
  /// feasible amounts have a larger objective, however the prices were found.
  mutating func bound(_ problem: SeparableAllocation) -> Double {
    var bound = valueOfUnspent * (problem.groups[0].cap.isFinite ? problem.groups[0].cap : 0)
    for node in groupAt.indices {
      let premium = price[node] - (node == 0 ? valueOfUnspent : price[parent[node]])
      if premium != 0 { bound += premium * (premium > 0 ? cap[node] : floor[node]) }
      let prices = PricePowers(price[node])
      var own = 0.0
      for form in Form.allCases {
        for position in range(node, form) {
          let x = respond(position, form, to: prices).least
          own += value(problem, position, form, at: x) - prices.price * x
        }
      }
      bound += own
    }
    return bound
  }

  /// The envelope of an item at x.
  @inline(__always)
  func value(_ problem: SeparableAllocation, _ position: Int, _ form: Form, at x: Double) -> Double {
    switch form {
    case .hill: return gain[position] * gain[position] / -shift[position] * (x / (x - shift[position]))
    case .logarithm, .exponential, .power:
      let item = itemAt[position]
      return ReturnFunction.value(
        problem.families[item], problem.amplitudes[item], problem.scales[item], problem.shapes[item], at: x)
    case .sCurve: return curves[position].value(at: x)
    case .envelope: return envelopes[position]?.value(at: x) ?? 0
    }
  }
}
