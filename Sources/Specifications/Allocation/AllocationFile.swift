public import Allocation
public import Tables

/// A problem file as it was read: what to divide, under which limits.
public struct AllocationFile: Sendable, SpecificationReadable {
  /// The path as the user wrote it.
  public var path: String
  /// `budget`, `newsvendor`, …: see `kinds`.
  public var kind: String
  /// What the user calls the problem; nil where the file does not say.
  public var name: String?
  public var problem: any AllocationProblem
  /// The lines of the file, to quote.
  public var source: SourceText

  /// Every kind of problem file.
  public static var kinds: [String] { AllocationKind.all.map(\.name) }

  /// Problem files may hold their tables. CSV files that one names are looked for beside it.
  public static var maximumBytes: Int { SpecificationFile.maximumProblemBytes }

  public static func decode(
    _ document: SpecificationDocument, path: String, findings: inout Findings
  ) -> AllocationFile? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    return SpecificationDecoder.decode(document, folder: folder, findings: &findings) { root in
      let name = root.read("name", as: .text)?.value
      // For people; nothing depends on it.
      _ = root.read("description", as: .text)
      guard let kind = AllocationKind.read(&root), let problem = kind.decode(&root) else { return nil as Self? }
      return AllocationFile(path: path, kind: kind.name, name: name, problem: problem, source: document.source)
    }.result
  }
}

/// One kind of problem file and how it is read.
struct AllocationKind: Sendable {
  var name: String
  /// Reads the keys of the problem; nil where something is wrong, with findings.
  var decode: @Sendable (inout MappingCursor) -> (any AllocationProblem)?

  /// A new kind is one line here, one decoder file, one file in Models/allocation.
  static let all: [AllocationKind] = [
    AllocationKind(name: "budget") { BudgetDecoder.decode(&$0) },
    AllocationKind(name: "facility_location") { FacilityLocationDecoder.decode(&$0) },
    AllocationKind(name: "p_median") { PMedianDecoder.decode(&$0) },
    AllocationKind(name: "max_cover") { MaxCoverDecoder.decode(&$0) },
    AllocationKind(name: "generalised_assignment") { AssignmentDecoder.decode(&$0) },
    AllocationKind(name: "rollout") { RolloutDecoder.decode(&$0) },
    AllocationKind(name: "territories") { TerritoriesDecoder.decode(&$0) },
    AllocationKind(name: "linear_program") { LinearProgramDecoder.decode(&$0) },
    AllocationKind(name: "response_curves") { ResponseCurvesDecoder.decode(&$0) },
    AllocationKind(name: "newsvendor") { NewsvendorDecoder.decode(&$0) },
    AllocationKind(name: "economic_order_quantity") { EconomicOrderDecoder.decode(&$0) },
    AllocationKind(name: "quantity_discount") { QuantityDiscountDecoder.decode(&$0) },
    AllocationKind(name: "base_stock") { BaseStockDecoder.decode(&$0) },
    AllocationKind(name: "min_max") { MinMaxDecoder.decode(&$0) },
    AllocationKind(name: "reorder_point") { ReorderPointDecoder.decode(&$0) },
    AllocationKind(name: "lot_sizing") { LotSizingDecoder.decode(&$0) },
    AllocationKind(name: "min_cost_flow") { MinCostFlowDecoder.decode(&$0) },
    AllocationKind(name: "transfers") { TransfersDecoder.decode(&$0) },
    AllocationKind(name: "shortage") { ShortageDecoder.decode(&$0) },
    AllocationKind(name: "fulfilment") { FulfilmentDecoder.decode(&$0) },
    AllocationKind(name: "pooling") { PoolingDecoder.decode(&$0) },
    AllocationKind(name: "guaranteed_service") { GuaranteedServiceDecoder.decode(&$0) },
    AllocationKind(name: "serial_stock") { SerialStockDecoder.decode(&$0) },
    AllocationKind(name: "two_stage_stock") { TwoStageStockDecoder.decode(&$0) },
    AllocationKind(name: "two_stage_program") { TwoStageProgramDecoder.decode(&$0) },
    AllocationKind(name: "targets") { TargetsDecoder.decode(&$0) },
    AllocationKind(name: "tier_payout") { TierPayoutDecoder.decode(&$0) },
    AllocationKind(name: "tier_design") { TierDesignDecoder.decode(&$0) },
    AllocationKind(name: "credit") { CreditDecoder.decode(&$0) },
  ]

  /// The kind that a file names; nil, with a finding, where it names none that is known.
  static func read(_ root: inout MappingCursor) -> AllocationKind? {
    let names = all.map(\.name).sorted()
    guard let written = root.require("kind", as: .text, hint: "one of \(names.joined(separator: ", "))") else {
      root.forgive()
      return nil
    }
    if let kind = all.first(where: { $0.name == written.value }) { return kind }
    let nearest = Suggestion.closest(to: written.value, among: names).map { "did you mean `\($0)`? " } ?? ""
    root.report(
      AllocationFileCodes.unknownKind, "there is no kind `\(written.value)`", at: written.place,
      hint: nearest + "the kinds are \(names.joined(separator: ", "))")
    root.forgive()
    return nil
  }
}
