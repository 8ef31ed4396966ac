import Mustache

/// Views of one thing of which the reader picks one: the stops of a slider, or alternatives with a button each.
///
/// Every view is in the page from the start; the page's script only shows one and hides the others. Without it, all
/// are shown, one below the other.
struct Choice {
  enum Control { case slider, buttons }

  struct Option {
    /// On its button, or read out beside the slider.
    var name: String
    var sentences: [String] = []
    var charts: [PageChart] = []
    var table: PageTable?
  }

  /// Unique on the page.
  var id: String
  /// What is chosen: `Budget`.
  var label: String
  /// Choices of one group change together: the same scenario in every block.
  var group = ""
  var control: Control
  var options: [Option]
  /// The position of the view that is shown first.
  var selected = 0
}

// Names differ from those of a block, which is the level above.

extension Choice: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "choiceID": id
    case "choiceLabel": label
    case "choiceGroup": group
    case "printedNote":
      options.contains { $0.table != nil }
        ? say("Printed are all views, and the table of the one that was chosen on the screen.")
        : say("Printed are all views.")
    case "isSlider": control == .slider
    case "lastOption": String(max(0, options.count - 1))
    case "selectedOption": String(selected)
    case "selectedName": options.indices.contains(selected) ? options[selected].name : ""
    case "options": options.enumerated().map { View(index: $0, isSelected: $0 == selected, option: $1) }
    default: nil
    }
  }

  private struct View: MustacheParent {
    var index: Int
    var isSelected: Bool
    var option: Option

    func child(named name: String) -> Any? {
      switch name {
      case "optionIndex": String(index)
      case "isSelected": isSelected
      case "optionName": option.name
      case "optionSentences": option.sentences
      case "hasOptionCharts": !option.charts.isEmpty
      case "optionCharts": option.charts
      case "hasOptionTable": option.table != nil
      case "optionTable": option.table
      default: nil
      }
    }
  }
}
