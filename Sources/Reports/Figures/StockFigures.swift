import ChannelTypes
import Tables

/// What is to be done with the partners' stock, read from `inventory_actions`.
struct StockFigures {
  struct Kind {
    /// `replenish`, `promote`, `transfer`.
    var action: String
    var count = 0
    var quantity = 0.0
    var value = 0.0
    var saving = 0.0
  }

  struct Action {
    var region: String
    var partner: String
    var product: String
    var action: String
    var quantity: Double
    var toPartner: String
    var value: Double
    var saving: Double
    var coverDays: Double
    var reason: String

    /// `Transfer 40 router-ax from P044 to P017`.
    var sentence: String {
      let what = "\(NumberText.grouped(quantity)) \(product)"
      switch action {
      case "transfer": return say("Transfer \(what) from \(partner) to \(toPartner)")
      case "replenish": return say("Replenish \(partner) with \(what)")
      case "promote": return say("Promote \(what) at \(partner)")
      default:
        let verb = say(word: action, plain: action.prefix(1).uppercased() + action.dropFirst())
        return say("\(verb) \(what) at \(partner)")
      }
    }
  }

  /// Kinds of action that move something, by saving.
  var kinds: [Kind]
  /// Actions that do something, by saving.
  var actions: [Action]
  /// Partner × product pairs that were looked at.
  var pairs: Int
  /// Pairs that are the receiving end of a transfer.
  var receivers: Int

  init?(_ view: RunView) {
    guard let table = view.filled("inventory_actions") else { return nil }
    let (region, partner, product) = (table.cells("region"), table.cells("partner_id"), table.cells("product_id"))
    let (action, quantity, to) = (table.cells("action"), table.cells("quantity"), table.cells("to_partner"))
    let (value, saving) = (table.cells("value"), table.cells("expected_saving"))
    let (cover, reason) = (table.cells("cover_days"), table.cells("reason"))
    pairs = table.rowCount
    receivers = (0..<table.rowCount).count { action.text($0) == "receive" }
    actions = (0..<table.rowCount).compactMap { row in
      let name = action.text(row)
      // What is received is the other end of a transfer.
      guard !name.isEmpty, name != "none", name != "receive" else { return nil }
      return Action(
        region: region.text(row), partner: partner.text(row), product: product.text(row), action: name,
        quantity: quantity.number(row),
        toPartner: Prose.list(to.text(row).split(separator: "|").map(String.init)), value: value.number(row),
        saving: saving.number(row),
        coverDays: cover.number(row), reason: reason.text(row))
    }
    var kinds: [String: Kind] = [:]
    for entry in actions {
      var kind = kinds[entry.action] ?? Kind(action: entry.action)
      kind.count += 1
      kind.quantity += knownSum([entry.quantity])
      kind.value += knownSum([entry.value])
      kind.saving += knownSum([entry.saving])
      kinds[entry.action] = kind
    }
    self.kinds = kinds.values.sorted { (-$0.saving, $0.action) < (-$1.saving, $1.action) }
    // Ties keep the order of the table, so that the same run gives the same page.
    actions = actions.enumerated().sorted { left, right in
      let (a, b) = (knownSum([left.element.saving]), knownSum([right.element.saving]))
      return a == b ? left.offset < right.offset : a > b
    }.map(\.element)
  }
}

extension StockFigures {
  /// Number, units, value and saving of each kind of action.
  func table(currency: String) -> TextTable {
    var table = TextTable([
      .init(say("stock"), .left), .init(say("actions")), .init(say("units")), .init(say("value, \(currency)")),
      .init(say("expected saving")),
    ])
    for kind in kinds {
      table.add(
        Prose.word(kind.action), NumberText.grouped(kind.count), NumberText.grouped(kind.quantity),
        NumberText.grouped(kind.value),
        NumberText.grouped(kind.saving))
    }
    if receivers > 0 { table.add(say("receive a transfer"), NumberText.grouped(receivers)) }
    table.add(say("no action"), NumberText.grouped(pairs - actions.count - receivers))
    return table
  }
}
