import Glibc
import LinearAlgebra
import Synchronization
public import Tables

/// The tables of a plan, read into memory, with what the reader took them for and a hash of their content.
public struct DataCatalogue: Sendable {
  public struct Entry: Sendable {
    public let table: Table
    public let reference: TableReference
    /// SHA-256 of the file's bytes and of the column mapping.
    public let contentHash: String

    public init(table: Table, reference: TableReference, contentHash: String) {
      self.table = table
      self.reference = reference
      self.contentHash = contentHash
    }
  }

  public private(set) var entries: [InputTable: Entry] = [:]

  public init() {}

  /// Adds a table that was made or read elsewhere.
  public mutating func set(_ name: InputTable, _ entry: Entry) { entries[name] = entry }

  public subscript(_ name: InputTable) -> Table? { entries[name]?.table }

  /// Only the tables themselves, for a stage context.
  public var tables: [InputTable: Table] { entries.mapValues(\.table) }

  /// Reads every table of `plan` (or those in `wanted`), each with all its findings; tables with errors are left out.
  ///
  /// Tables are read side by side on up to `threads` threads; findings come in the plan's order of tables.
  ///
  /// - Parameter progress: told how many bytes of the files have been read, after each file.
  public static func read(
    _ plan: Plan, only wanted: Set<InputTable>? = nil, threads: Int, findings: inout Findings,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) -> DataCatalogue {
    let names = InputTable.allCases.filter { plan.data[$0] != nil && (wanted?.contains($0) ?? true) }
    let limit = findings.limit
    let sizes = names.map { plan.data[$0].map { bytes(of: $0.path) } ?? 0 }
    let done = Mutex(0)
    progress(0, sizes.reduce(0, +))
    let read = parallelMap(count: names.count, threads: threads) { index -> (Entry?, Findings) in
      let name = names[index]
      var own = Findings(limit: limit)
      guard let reference = plan.data[name] else { return (nil, own) }
      let table = TableReader.read(reference, schema: InputSchemas.schema(for: name), findings: &own)
      let entry = table.map { Entry(table: $0, reference: reference, contentHash: contentHash(reference)) }
      done.withLock { done in
        done += sizes[index]
        progress(done, sizes.reduce(0, +))
      }
      return (entry, own.citing(reference))
    }
    var catalogue = DataCatalogue()
    for (name, (entry, own)) in zip(names, read) {
      findings.merge(own)
      catalogue.entries[name] = entry
    }
    return catalogue
  }

  /// The size of a file; 0 where it cannot be told.
  private static func bytes(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private static func contentHash(_ reference: TableReference) -> String {
    var hash = ContentHash()
    hash.update(ContentHash.ofFile(reference.path) ?? "unreadable")
    for (column, origin) in reference.columns.sorted(by: { $0.key < $1.key }) { hash.update("\n\(column)=\(origin)") }
    hash.update("\nnumbers=\(reference.periodsAreNumbers)")
    if let sheet = reference.sheet { hash.update("\nsheet=\(sheet)") }
    if let figure = reference.wideFigure { hash.update("\nwide=\(figure)") }
    return hash.finalize()
  }
}

extension Findings {
  /// Tells, for findings about a file as a whole, where the plan names it.
  fileprivate func citing(_ reference: TableReference) -> Findings {
    guard let place = reference.place else { return self }
    return editing { finding in
      guard finding.place == SourcePlace(file: reference.displayPath) else { return }
      finding.notes.append("the plan names this file at \(place)")
    }
  }
}
